import { expect, test } from 'vitest';
import { SpareTime } from '../../src/system/spare-time.ts';

const HALF_SECOND_MS = 500;

/** @param shares of two processors' time that were left over, half a second after half a second. */
function seen(shares: readonly number[]): readonly boolean[] {
  let spareMs = 5_000_000;
  const spareTime = new SpareTime(2, () => spareMs);
  expect(spareTime.isThereAt(0)).toBe(true);
  return shares.map((share, nth) => {
    spareMs += share * 2 * HALF_SECOND_MS;
    return spareTime.isThereAt((nth + 1) * HALF_SECOND_MS);
  });
}

test('there is time to spare where a twelfth of all processors is left over', () => {
  expect(seen([1, 0.5, 0.081, 0.079, 0.03, 0, 0.25])).toEqual([true, true, true, false, false, false, true]);
});

test('what is not half a second long yet is not looked at', () => {
  let spareMs = 0;
  const spareTime = new SpareTime(2, () => spareMs);
  expect([0, 499, 500, 999].map((nowMs) => spareTime.isThereAt(nowMs))).toEqual([true, true, false, false]);
  spareMs += 200;
  expect([999.9, 1_000].map((nowMs) => spareTime.isThereAt(nowMs))).toEqual([false, true]);
});

test('where nobody tells there is', () => {
  const spareTime = new SpareTime(2, () => Number.NaN);
  expect([0, 500, 1_000].map((nowMs) => spareTime.isThereAt(nowMs))).toEqual([true, true, true]);
});

test('the kernel tells: that of a thousand processors, which are not here, most did nothing is not so', () => {
  const spareTime = new SpareTime(1_000);
  expect(spareTime.isThereAt(0)).toBe(true);
  expect(spareTime.isThereAt(60_000)).toBe(false);
});
