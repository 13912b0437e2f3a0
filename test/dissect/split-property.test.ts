import { describe, expect, test } from 'vitest';
import { FREE, more, NOT_THIS, never, type StreamMatch, type StreamStep } from '../../src/dissect/outcome.ts';
import { checkDatagramStep, checkEverySplit, checkStreamStep, readStream } from './split-property.ts';

const match = (consumed: number, next: StreamStep | typeof FREE = FREE): StreamMatch => ({
  kind: 'match',
  facts: null,
  consumed,
  skip: 0,
  next,
});

/** A length byte and as many bytes, for ever. */
const lengthPrefixed: StreamStep = (bytes) => {
  const size = bytes[0];
  if (size === undefined) return more(1);
  if (size === 0) return never('empty-piece');
  return bytes.length < 1 + size ? more(1 + size) : match(1 + size, lengthPrefixed);
};

const four = Uint8Array.of(3, 1, 2, 3, 1, 9);

describe('checkStreamStep', () => {
  test('hands back the outcome of the whole', () => {
    expect(checkStreamStep(lengthPrefixed, four)).toMatchObject({ kind: 'match', consumed: 4 });
  });

  const guilty: [why: string, step: StreamStep][] = [
    ['takes back an answer', (bytes) => (bytes.length === 2 ? NOT_THIS : more(bytes.length + 1))],
    ['answers sooner than it said', (bytes) => (bytes.length < 3 ? more(5) : NOT_THIS)],
    ['asks for bytes it has', (bytes) => more(bytes.length)],
    ['consumes more than it was shown', (bytes) => match(bytes.length + 1)],
    [
      'looks behind its bytes',
      (bytes) => never(`saw-${new Uint8Array(bytes.buffer)[bytes.byteOffset + bytes.length]}`),
    ],
    ['looks before its bytes', (bytes) => never(`saw-${new Uint8Array(bytes.buffer)[0]}`)],
    ['throws', () => expect.unreachable()],
    [
      'writes',
      (bytes) => {
        bytes.fill(0);
        return more(99);
      },
    ],
  ];
  test.each(guilty)('finds a step that %s', (_, step) => {
    expect(() => checkStreamStep(step, four)).toThrow();
  });
});

test('checkDatagramStep finds a step that looks behind its datagram', () => {
  expect(() => checkDatagramStep((bytes) => never(`${new Uint8Array(bytes.buffer).at(-1)}`), four)).toThrow();
  expect(checkDatagramStep(() => NOT_THIS, four)).toEqual(NOT_THIS);
});

describe('readStream', () => {
  test('follows the next steps and says how it ended', () => {
    expect(readStream(lengthPrefixed, four).matches).toHaveLength(2);
    expect(readStream(lengthPrefixed, Uint8Array.of(1, 5, 0)).end).toEqual({ never: 'empty-piece' });
    expect(readStream(lengthPrefixed, four.subarray(0, 3)).end).toBe('more');
  });

  test('shows nobody the bytes a match skips', () => {
    const step: StreamStep = () => ({ kind: 'match', facts: null, consumed: 1, skip: 4, next: lengthPrefixed });
    expect(readStream(step, Uint8Array.of(7, 0, 0, 0, 0, 1, 2), [2, 3]).matches).toHaveLength(2);
  });
});

test('checkEverySplit finds a step whose answer hangs on how the bytes arrived', () => {
  expect(checkEverySplit(lengthPrefixed, four).end).toBe('more');
  expect(() => checkEverySplit((bytes) => (bytes.length < 3 ? match(1) : NOT_THIS), four)).toThrow();
});
