import fc from 'fast-check';
import { expect, it } from 'vitest';
import { latin1Text } from '../../src/dissect/latin1-text.ts';

it('bytes become the characters of their numbers, however often and in whatever order they come', () => {
  // Long and short, most of them again and again, and more than are remembered.
  const texts = fc.sample(fc.uint8Array({ maxLength: 80 }), 700);
  for (const place of fc.sample(fc.nat(699), 3_000)) {
    const bytes = texts[place] ?? new Uint8Array(0);
    const within = Uint8Array.of(7, ...bytes, 9);
    expect(latin1Text(within, 1, 1 + bytes.length)).toBe(String.fromCharCode(...bytes));
  }
});

it('a text that differs in its last byte alone is another text', () => {
  for (let byte = 0; byte < 256; byte += 1) {
    expect(latin1Text(Uint8Array.of(97, byte), 0, 2)).toBe(`a${String.fromCharCode(byte)}`);
  }
});
