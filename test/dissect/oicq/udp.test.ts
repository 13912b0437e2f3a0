import { describe, expect, test } from 'vitest';
import { oicqUdp } from '../../../src/dissect/oicq/udp.ts';
import { type DatagramStep, FREE, NOT_THIS } from '../../../src/dissect/outcome.ts';
import { ascii } from '../hex.ts';
import { checkDatagramStep } from '../split-property.ts';
import { packet } from './samples.ts';

const { begin } = oicqUdp;
const first = packet(0x3b0b, 1, 1_000_001, 32);

/** The answers' kinds and codes of one direction, datagram by datagram. */
function readAll(step: DatagramStep, datagrams: readonly Uint8Array[]): string[] {
  const said: string[] = [];
  let next: DatagramStep | typeof FREE = step;
  for (const datagram of datagrams) {
    if (next === FREE) return [...said, 'free'];
    const outcome = checkDatagramStep(next, datagram);
    if (outcome.kind === 'never') return [...said, outcome.code ?? 'not this'];
    said.push(outcome.kind);
    next = outcome.next;
  }
  return next === FREE ? [...said, 'free'] : said;
}

describe('an OICQ datagram', () => {
  const accepted: [what: string, datagram: Uint8Array, version: number, command: number][] = [
    ['of 44 bytes', first, 0x3b0b, 1],
    ['of 52 bytes', packet(0x3b0b, 1, 1_000_001, 40), 0x3b0b, 1],
    ['of another version', packet(0x3639, 0x17, 1_000_001, 24), 0x3639, 0x17],
    ['of QQ 2006', packet(0x0f5f, 2, 10_000, 16), 0x0f5f, 2],
    ['without an account yet', packet(0x3b29, 0x0825, 0, 100), 0x3b29, 0x0825],
  ];
  test.each(accepted)('is recognised: %s', (_, datagram, version, command) => {
    expect(checkDatagramStep(begin, datagram)).toMatchObject({
      kind: 'match',
      facts: { app: 'oicq', version, command },
    });
  });

  const foreign: [what: string, datagram: Uint8Array][] = [
    ['nothing', Uint8Array.of()],
    ['a packet too short', packet(0x3b0b, 1, 1_000_001, 15)],
    ['another first byte', first.with(0, 4)],
    ['another last byte', first.with(first.length - 1, 2)],
    ['version 0e 5f', first.with(1, 0x0e)],
    ['version 40 0b', first.with(1, 0x40)],
    ['command 0', first.with(4, 0)],
    ['command 10 01', first.with(3, 0x10)],
    ['account 9999', packet(0x3b0b, 1, 9_999, 32)],
    ['text', ascii('d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe')],
  ];
  test.each(foreign)('is not seen in %s', (_, datagram) => {
    expect(checkDatagramStep(begin, datagram)).toEqual(NOT_THIS);
  });
});

describe('an OICQ flow over UDP', () => {
  test('is followed for four client datagrams', () => {
    expect(readAll(begin, [first, first, first, first])).toEqual(['match', 'match', 'match', 'match', 'free']);
  });

  test.each([
    ['a datagram of another kind', ascii('x'.repeat(40))],
    ['another version', packet(0x3c3d, 1, 1_000_001, 32)],
  ])('refuses %s from the client', (_, datagram) => {
    expect(readAll(begin, [first, datagram])).toEqual(['match', 'oicq-followed-by-other-datagrams']);
  });

  test("is followed for two of the server's datagrams, whatever their version", () => {
    const outcome = begin(first);
    if (outcome.kind !== 'match' || typeof outcome.answer !== 'function') return expect.unreachable();
    const reply = packet(0x3639, 1, 1_000_001, 24);
    expect(readAll(outcome.answer, [reply, first])).toEqual(['match', 'match', 'free']);
    expect(readAll(outcome.answer, [reply, reply.with(0, 0)])).toEqual(['match', 'oicq-answered-by-other-datagrams']);
  });
});
