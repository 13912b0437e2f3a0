import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AsciiText, encoded } from '../../src/log/ascii-text.ts';
import { jsonText } from '../../src/log/json-text.ts';

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

type Piece = typeof piece extends fc.Arbitrary<infer T> ? T : never;
const piece = fc.oneof(
  fc.record({ kind: fc.constant('ascii' as const), text: fc.string() }),
  fc.record({ kind: fc.constant('json' as const), text: fc.string({ unit: 'binary' }) }),
  fc.record({ kind: fc.constant('decimal' as const), value: fc.maxSafeNat() }),
  fc.record({ kind: fc.constant('bytes' as const), text: fc.string() }),
  fc.record({ kind: fc.constant('padded' as const), value: fc.nat({ max: 999_999 }) }),
  fc.record({ kind: fc.constant('hex' as const), value: fc.nat({ max: 255 }) }),
  fc.record({ kind: fc.constant('character' as const), value: fc.integer({ min: 0x20, max: 0x7e }) }),
);

/** Writes a piece, and says what that should have written. */
function write(text: AsciiText, each: Piece): string {
  switch (each.kind) {
    case 'ascii':
      text.ascii(each.text);
      return each.text;
    case 'bytes':
      text.bytes(encoded(each.text));
      return each.text;
    case 'json':
      text.json(each.text);
      return jsonText(each.text);
    case 'decimal':
      text.decimal(each.value);
      return String(each.value);
    case 'padded':
      text.padded(each.value, 6);
      return String(each.value).padStart(6, '0');
    case 'hex':
      text.hex(each.value);
      return each.value.toString(16).padStart(2, '0');
    case 'character':
      text.character(each.value);
      return String.fromCharCode(each.value);
  }
}

test('pieces stand one behind the other, whatever room there was at first', () => {
  fc.assert(
    fc.property(fc.array(piece), fc.integer({ min: 0, max: 64 }), (pieces, capacityBytes) => {
      const text = new AsciiText(capacityBytes);
      let expected = '';
      for (const each of pieces) {
        expected += write(text, each);
      }
      expect(text.length).toBe(expected.length);
      expect(textOf(text.take())).toBe(expected);
      expect(text.length).toBe(0);
    }),
  );
});

test.each([3, 60])('what was taken does not change when writing goes on (%i of 64 bytes)', (count) => {
  const text = new AsciiText(64);
  const first = text.ascii('a'.repeat(count)).take();
  const second = text.ascii('b'.repeat(count)).take();
  expect(textOf(first)).toBe('a'.repeat(count));
  expect(textOf(second)).toBe('b'.repeat(count));
});

test('what was written is taken in memory that is given', () => {
  const memory = new Uint8Array(64);
  const text = new AsciiText(4);
  const taken = text.ascii('a'.repeat(50)).take(memory);
  expect(textOf(taken)).toBe('a'.repeat(50));
  expect(taken.buffer).toBe(memory.buffer);
  expect(textOf(text.ascii('b').take())).toBe('b');
});
