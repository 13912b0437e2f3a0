import fc from 'fast-check';

/**
 * Few labels, so that names are often each other's beginnings, endings and equals; among them empty ones, one that is
 * long, ones beyond ASCII and beyond Latin-1, and two that differ by 0x100, as bytes of UTF-16 the same.
 */
const label = fc.constantFrom('a', 'b', 'ab', 'cn', '', 'x-y', 'l'.repeat(63), 'ü', 'š', '例子', '\u{1f600}');

/** What callers hand in, lower case and ASCII, and all else that a string can be. */
export const anyName: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.array(label, { maxLength: 4 }).map((labels) => labels.join('.')) },
  { weight: 1, arbitrary: fc.array(label, { minLength: 20, maxLength: 40 }).map((labels) => labels.join('.')) },
  // About as long as a row of the table.
  { weight: 1, arbitrary: fc.integer({ min: 24, max: 34 }).map((length) => 'r'.repeat(length)) },
  { weight: 1, arbitrary: fc.constantFrom('a', 'š', 'a.cn', 'š.cn', '.', '..', '') },
);
