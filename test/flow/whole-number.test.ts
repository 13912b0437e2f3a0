import { setFlagsFromString } from 'node:v8';
import { runInThisContext } from 'node:vm';
import { expect, test } from 'vitest';
import { wholeNumberAt } from '../../src/flow/whole-number.ts';

/** Whether V8 keeps a number in a machine word. */
function isSmallInteger(value: number): boolean {
  setFlagsFromString('--allow-natives-syntax');
  const answer: unknown = runInThisContext('(value) => %IsSmi(value)')(value);
  return answer === true;
}

const NUMBERS = Float64Array.of(0, 1, -1, 2 ** 31 - 1, 2 ** 32 - 16, 2 ** 46 + 1, 2 ** 53);

test('numbers are what was put there', () => {
  expect(Array.from(NUMBERS, (_, at) => wholeNumberAt(NUMBERS, at))).toEqual([...NUMBERS]);
  expect(wholeNumberAt(NUMBERS, NUMBERS.length)).toBe(0);
});

test('small ones are small integers to V8, which they are not in memory of doubles', () => {
  for (const at of [0, 1, 2, 3]) {
    expect(isSmallInteger(NUMBERS[at] ?? 0)).toBe(false);
    expect(isSmallInteger(wholeNumberAt(NUMBERS, at))).toBe(true);
  }
});
