import fc from 'fast-check';
import { expect, it } from 'vitest';
import { latin1Text } from '../../src/dissect/latin1-text.ts';

it('bytes become the characters of their numbers, however often and in whatever order they come', () => {
  const text = fc.uint8Array({ maxLength: 80 });
  // Few different ones, so that most come again, and more than are remembered.
  const texts = fc.array(text, { minLength: 600, maxLength: 600 });
  fc.assert(
    fc.property(texts, fc.infiniteStream(fc.nat(599)), (all, order) => {
      for (let i = 0; i < 1_500; i += 1) {
        const bytes = all[order.next().value] ?? new Uint8Array(0);
        const within = Uint8Array.of(7, ...bytes, 9);
        expect(latin1Text(within, 1, 1 + bytes.length)).toBe(String.fromCharCode(...bytes));
      }
    }),
    { numRuns: 5 },
  );
});

it('a text that differs in its last byte alone is another text', () => {
  for (let byte = 0; byte < 256; byte += 1) {
    expect(latin1Text(Uint8Array.of(97, byte), 0, 2)).toBe(`a${String.fromCharCode(byte)}`);
  }
});
