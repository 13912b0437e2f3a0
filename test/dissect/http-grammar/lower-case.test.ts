import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lowerCase, lowerCaseByte } from '../../../src/dissect/http-grammar/lower-case.ts';

const ascii = fc.string({ unit: fc.integer({ min: 0, max: 0x7f }).map((code) => String.fromCharCode(code)) });

test('ASCII is in lower case as JavaScript has it, as text and byte by byte', () => {
  fc.assert(
    fc.property(ascii, (text) => {
      const expected = text.toLowerCase();
      expect(lowerCase(text)).toBe(expected);
      expect(String.fromCharCode(...[...text].map((character) => lowerCaseByte(character.charCodeAt(0))))).toBe(
        expected,
      );
    }),
  );
});
