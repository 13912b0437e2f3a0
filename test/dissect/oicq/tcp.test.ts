import { describe, expect, test } from 'vitest';
import { oicqTcp } from '../../../src/dissect/oicq/tcp.ts';
import { NOT_THIS } from '../../../src/dissect/outcome.ts';
import { ascii, concat, hex, u16 } from '../hex.ts';
import { checkEverySplit, checkStreamStep, readStream } from '../split-property.ts';
import { overTcp, packet } from './samples.ts';

const { begin } = oicqTcp;
/** 41 bytes: `00 29 02 3c 3d 01 b6 … 03`. */
const first = overTcp(packet(0x3c3d, 0x01b6, 1_000_001, 27));
const later = overTcp(packet(0x3c3d, 0x17, 1_000_001, 300));
const unended = (bytes: Uint8Array): Uint8Array => bytes.with(bytes.length - 1, 4);

describe('an OICQ message over TCP', () => {
  test('is recognised once it is there to its last byte', () => {
    expect(Buffer.from(first.subarray(0, 7)).toString('hex')).toBe('0029023c3d01b6');
    expect(checkStreamStep(begin, first)).toMatchObject({
      kind: 'match',
      facts: { app: 'oicq', version: 0x3c3d, command: 0x01b6 },
      consumed: 41,
      skip: 0,
    });
    expect(begin(first.subarray(0, 13))).toEqual({ kind: 'more', atLeast: 41 });
  });

  const foreign: [what: string, bytes: Uint8Array][] = [
    ['a length too short', first.with(1, 29)],
    ['a first message beyond 2 KiB', concat(u16(2049), hex('02 3c3d'))],
    ['another first byte', first.with(2, 3)],
    ['another version', first.with(3, 0x7c)],
    ['an account too low', first.with(9, 0).with(10, 0).with(11, 1)],
    ['DNS over TCP', hex('001d 1234 0100 0001 0000 0000 0000 03777777')],
  ];
  test.each(foreign)('is not seen in %s', (_, bytes) => {
    expect(checkStreamStep(begin, bytes)).toEqual(NOT_THIS);
  });

  test('is refused with a reason when its last byte is wrong', () => {
    expect(checkStreamStep(begin, unended(first))).toEqual({ kind: 'never', code: 'oicq-packet-without-end' });
  });
});

describe('an OICQ connection', () => {
  test('is followed for three client messages, wherever they are cut', () => {
    const { matches, end } = checkEverySplit(begin, concat(first, later, first));
    expect(matches).toMatchObject([
      { next: 'step', answer: 'step', consumed: 41 },
      { facts: null, consumed: 13, skip: 300 },
      { facts: null, consumed: 1, skip: 0 },
      { consumed: 13 },
      { consumed: 1, next: 'free' },
    ]);
    expect(end).toBe('free');
  });

  test.each([
    ['other bytes', concat(first, ascii('SSH-2.0-x')), 'oicq-followed-by-other-bytes'],
    ['a message without its end', concat(first, unended(later)), 'oicq-packet-without-end'],
  ])('refuses %s behind a message', (_, bytes, code) => {
    expect(checkEverySplit(begin, bytes).end).toEqual({ never: code });
  });

  const answers: [what: string, bytes: Uint8Array, end: unknown][] = [
    ['a message', later, 'free'],
    ['most of a message', later.subarray(0, 200), 'more'],
    ['a message without its end', unended(later), { never: 'oicq-packet-without-end' }],
    ['HTTP', ascii('HTTP/1.1 200 OK'), { never: 'oicq-answered-by-other-bytes' }],
  ];
  test.each(answers)('answered by %s', (_, bytes, end) => {
    const [step] = readStream(begin, first).answers;
    if (typeof step !== 'function') return expect.unreachable();
    checkStreamStep(step, bytes);
    expect(checkEverySplit(step, bytes).end).toEqual(end);
  });
});
