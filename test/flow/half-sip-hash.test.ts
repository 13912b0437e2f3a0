import { expect, test } from 'vitest';
import { halfSipHash } from '../../src/flow/half-sip-hash.ts';

/** The bytes 0, 1, 2, … as little-endian words, and the hashes the Linux kernel tests its own against (lib/tests/siphash_kunit.c). */
const WORDS = [0x03020100, 0x07060504, 0x0b0a0908];
const [KEY0, KEY1] = [0x03020100, 0x07060504];

test.each([
  [0, 0x5814c896],
  [1, 0x7e059ea6],
  [2, 0x577999b1],
])('of %i words it is what the kernel says', (count, hash) => {
  expect(halfSipHash(KEY0, KEY1, Int32Array.from(WORDS), count) >>> 0).toBe(hash);
});
