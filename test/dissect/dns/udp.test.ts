import { encode } from 'dns-packet';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dnsUdp } from '../../../src/dissect/dns/udp.ts';
import { type DatagramStep, FREE, never } from '../../../src/dissect/outcome.ts';
import { checkDatagramStep } from '../split-property.ts';
import { message, opt, record, u16, wireName } from './messages.ts';

/** The steps that stand after the client has asked these questions, one behind the other. */
function afterAsking(...questions: Uint8Array[]): { client: DatagramStep; server: DatagramStep } {
  let client = dnsUdp.begin;
  let server: DatagramStep | typeof FREE | undefined;
  for (const question of questions) {
    const outcome = checkDatagramStep(client, question);
    if (outcome.kind !== 'match' || outcome.next === FREE) throw new Error(`not asked: ${JSON.stringify(outcome)}`);
    client = outcome.next;
    server = outcome.answer;
  }
  if (server === undefined || server === FREE) throw new Error('the answers are not read');
  return { client, server };
}

const answer = (parts: Parameters<typeof message>[0] = {}) => message({ flags: 0x8180, ...parts });
const address = record(1, [203, 0, 113, 9]);

test('a question is recognised by its name and type', () => {
  expect(dnsUdp.begin(message({ type: 28 }))).toMatchObject({
    kind: 'match',
    facts: { app: 'dns', name: 'short.weixin.qq.com', type: 28 },
  });
});

test('every datagram of the client is a question, for ever', () => {
  const { client } = afterAsking(...Array.from({ length: 100 }, (_, id) => message({ id })));
  expect(checkDatagramStep(client, message({ name: wireName('evil', 'example') }))).toMatchObject({
    facts: { name: 'evil.example' },
  });
  expect(checkDatagramStep(client, Uint8Array.of(1, 2, 3)).kind).toBe('never');
});

describe('an answer', () => {
  test.each([
    ['with an address', answer({ counts: [1, 1, 0, 0], records: address })],
    ['in other letters', answer({ name: wireName('SHORT', 'weixin', 'QQ', 'com') })],
    ['that there is no such name', answer({ flags: 0x8183, counts: [1, 0, 1, 0], records: record(6, [0, 0]) })],
    ['with EDNS', answer({ counts: [1, 1, 0, 1], records: [...address, ...opt()] })],
    ['with records of any names', answer({ counts: [1, 1, 0, 0], records: record(5, [0], wireName('a.b\0', 'c')) })],
    ['truncated behind its question', answer({ flags: 0x8380, counts: [1, 9, 0, 0] })],
    ['truncated behind a record', answer({ flags: 0x8380, counts: [1, 9, 0, 0], records: address })],
    ['that the question was not understood', answer({ flags: 0x8181 }).subarray(0, 12).with(5, 0)],
  ])('%s is passed, again and again', (_, bytes) => {
    const { server } = afterAsking(message());
    for (let step = server, times = 0; times < 3; times += 1) {
      const outcome = checkDatagramStep(step, bytes);
      expect(outcome).toMatchObject({ kind: 'match', facts: null, next: expect.any(Function) });
      if (outcome.kind === 'match' && outcome.next !== FREE) step = outcome.next;
    }
  });

  test.each([
    ['to another id', answer({ id: 0x4321 }), 'dns-answer-unasked'],
    ['for another name', answer({ name: wireName('v', 'qq', 'com') }), 'dns-answer-unasked'],
    ['for another type', answer({ type: 28 }), 'dns-answer-unasked'],
    [
      'for a name written as one label',
      answer({ name: wireName('short.weixin', 'qq', 'com') }),
      'dns-answer-malformed',
    ],
    ['that is a question', message(), 'dns-answer-malformed'],
    ['to another opcode', answer({ flags: 0xa180 }), 'dns-answer-malformed'],
    ['without a header', answer().subarray(0, 11), 'dns-answer-malformed'],
    ['without a question', answer().subarray(0, 12).with(5, 0), 'dns-answer-malformed'],
    ['with two questions', answer({ counts: [2, 0, 0, 0] }), 'dns-answer-malformed'],
    ['that refuses another id', answer({ id: 1, flags: 0x8181 }).subarray(0, 12).with(5, 0), 'dns-answer-unasked'],
    ['with no record it counted', answer({ counts: [1, 1, 0, 0] }), 'dns-answer-cut-short'],
    ['with half a record', answer({ counts: [1, 1, 0, 0], records: address.slice(0, -1) }), 'dns-answer-cut-short'],
    [
      'truncated inside a record',
      answer({ flags: 0x8380, counts: [1, 2, 0, 0], records: address.slice(0, -1) }),
      'dns-answer-cut-short',
    ],
    [
      'with a pointer forward',
      answer({ counts: [1, 1, 0, 0], records: record(1, [1, 2, 3, 4], [0xc0, 200]) }),
      'dns-answer-cut-short',
    ],
    [
      'with a pointer to itself',
      answer({ counts: [1, 1, 0, 0], records: record(1, [1, 2, 3, 4], [0xc0, 37]) }),
      'dns-answer-cut-short',
    ],
    [
      'with bytes behind its records',
      answer({ counts: [1, 1, 0, 0], records: [...address, 0] }),
      'dns-answer-trailing-bytes',
    ],
    [
      'with a stream behind no records',
      answer({ records: new Array<number>(400).fill(7) }),
      'dns-answer-trailing-bytes',
    ],
  ])('%s is denied', (_, bytes, code) => {
    expect(checkDatagramStep(afterAsking(message()).server, bytes)).toEqual(never(code));
  });

  test('may come out of order, to any of the last 32 questions', () => {
    const { server } = afterAsking(...Array.from({ length: 40 }, (_, id) => message({ id })));
    expect(server(answer({ id: 8 })).kind).toBe('match');
    expect(server(answer({ id: 39 })).kind).toBe('match');
    expect(server(answer({ id: 7 }))).toEqual(never('dns-answer-unasked'));
  });

  test('to a question that is asked again takes up one place', () => {
    const { server } = afterAsking(message({ id: 7 }), ...Array.from({ length: 99 }, () => message()));
    expect(server(answer({ id: 7 })).kind).toBe('match');
  });

  test('that counts 65,535 records in each section is no work', () => {
    const { server } = afterAsking(message());
    const started = performance.now();
    for (let round = 0; round < 1000; round += 1) {
      expect(server(answer({ counts: [1, 0xffff, 0xffff, 0xffff] }))).toEqual(never('dns-answer-cut-short'));
      server(answer({ flags: 0x8380, counts: [1, 0xffff, 0xffff, 0xffff] }));
    }
    expect(performance.now() - started).toBeLessThan(500);
  });
});

test('answers encoded by dns-packet are passed', () => {
  const ipv4 = fc.ipV4();
  fc.assert(
    fc.property(fc.array(ipv4, { maxLength: 20 }), fc.nat(0xffff), (addresses, id) => {
      const name = 'szshort.weixin.qq.com';
      const questions = [{ type: 'A' as const, name }];
      const { server } = afterAsking(encode({ type: 'query', id, questions }));
      const answers = addresses.map((data) => ({ type: 'A' as const, name, ttl: 60, data }));
      expect(checkDatagramStep(server, encode({ type: 'response', id, questions, answers })).kind).toBe('match');
    }),
    { interruptAfterTimeLimit: 1000, numRuns: 200 },
  );
});

test('noise and bent messages never throw, nor are they read past their end', () => {
  const bent = fc.tuple(
    fc.constantFrom(message(), answer({ counts: [1, 1, 0, 1], records: [...address, ...opt()] })),
    fc.nat(),
    fc.nat(255),
    fc.nat(60),
  );
  const { server } = afterAsking(message());
  fc.assert(
    fc.property(bent, fc.uint8Array({ maxLength: 64 }), ([whole, at, value, cut], noise) => {
      const bytes = whole.with(at % whole.length, value).subarray(0, whole.length - Math.max(0, cut - 30));
      for (const step of [dnsUdp.begin, server]) {
        checkDatagramStep(step, bytes);
        checkDatagramStep(step, noise);
      }
    }),
    { interruptAfterTimeLimit: 1500, numRuns: 2000 },
  );
});

test('a flow of u16 pairs is not taken for questions', () => {
  expect(
    checkDatagramStep(dnsUdp.begin, Uint8Array.from(u16(...Array.from({ length: 40 }, (_, value) => value)))).kind,
  ).toBe('never');
});
