import { expect, test } from 'vitest';
import { lowerCaseByte } from '../../../src/dissect/http-grammar/character.ts';

test('every byte of ASCII is in lower case as JavaScript has it', () => {
  for (let byte = 0; byte < 0x80; byte += 1) {
    expect(String.fromCharCode(lowerCaseByte(byte))).toBe(String.fromCharCode(byte).toLowerCase());
  }
});
