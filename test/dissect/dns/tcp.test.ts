import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dnsTcp } from '../../../src/dissect/dns/tcp.ts';
import { FREE, NOT_THIS, never, type StreamStep } from '../../../src/dissect/outcome.ts';
import { checkEverySplit, checkStreamStep, readStream } from '../split-property.ts';
import { framed, message, record, wireName } from './messages.ts';

const answer = (parts: Parameters<typeof message>[0] = {}) => message({ flags: 0x8180, ...parts });
const manyRecords = answer({
  counts: [1, 100, 0, 0],
  records: Array.from({ length: 100 }, () => record(1, [1, 2, 3, 4])).flat(),
});

function serverAfter(...questions: Uint8Array[]): StreamStep {
  const step = readStream(dnsTcp.begin, framed(...questions)).answers.at(-1);
  if (step === undefined || step === FREE) throw new Error('the answers are not read');
  return step;
}

test('questions are read one behind the other, however they are cut', () => {
  const { matches, end } = checkEverySplit(
    dnsTcp.begin,
    framed(message(), message({ id: 2, name: wireName('v', 'qq', 'com') })),
  );
  expect(end).toBe('more');
  expect(matches).toMatchObject([{ facts: { name: 'short.weixin.qq.com' } }, { facts: { name: 'v.qq.com' } }]);
});

test('a length no question has is not DNS, known from two bytes', () => {
  for (const length of [
    [0, 16],
    [3, 1],
    [0x16, 0x03],
    [0x47, 0x45],
  ]) {
    expect(checkStreamStep(dnsTcp.begin, Uint8Array.from(length))).toEqual(NOT_THIS);
  }
});

test('a question that does not fill its frame is denied', () => {
  expect(checkStreamStep(dnsTcp.begin, framed(message({ records: [0] })))).toEqual(never('dns-trailing-bytes'));
});

test('answers are passed message by message, in any order', () => {
  const server = serverAfter(message(), message({ id: 2 }));
  expect(checkEverySplit(server, framed(answer({ id: 2 }), manyRecords, answer())).matches).toHaveLength(3);
  expect(checkEverySplit(server, framed(answer({ id: 2 }), manyRecords, answer())).end).toBe('more');
});

test.each([
  ['unasked', framed(answer({ id: 9 })), 'dns-answer-unasked'],
  ['a question', framed(message()), 'dns-answer-malformed'],
  ['too short', Uint8Array.of(0, 3, 1, 2, 3), 'dns-answer-malformed'],
  [
    'short of the records it counts',
    framed(answer({ counts: [1, 3, 0, 0], records: record(1, []) })),
    'dns-answer-cut-short',
  ],
  ['longer than its question, without a record', framed(answer({ records: [1] })), 'dns-answer-trailing-bytes'],
  ['raw bytes', Uint8Array.from({ length: 300 }, (_, at) => at & 0xff), 'dns-answer-malformed'],
])('an answer that is %s is denied', (_, bytes, code) => {
  expect(checkEverySplit(serverAfter(message()), bytes).end).toEqual({ never: code });
});

test('a question in the middle of an answer leaves the answer what it is', () => {
  const bytes = framed(manyRecords, answer({ id: 2 }));
  const before = serverAfter(message())(bytes.subarray(0, 300));
  if (before.kind !== 'match') throw new Error('the first answer was not passed');
  const later = serverAfter(message(), message({ id: 2 }));
  expect(later(bytes.subarray(before.consumed + before.skip)).kind).toBe('match');
});

test('noise keeps the laws of a step', () => {
  const server = serverAfter(message());
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(80), fc.nat(255), (noise, at, value) => {
      checkStreamStep(dnsTcp.begin, noise);
      checkStreamStep(server, noise);
      const question = framed(message());
      checkStreamStep(dnsTcp.begin, question.with(at % question.length, value));
    }),
    { interruptAfterTimeLimit: 1500, numRuns: 500 },
  );
});
