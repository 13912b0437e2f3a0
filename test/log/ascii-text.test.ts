import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AsciiText } from '../../src/log/ascii-text.ts';
import { jsonText } from '../../src/log/json-text.ts';

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

const piece = fc.oneof(
  fc.record({ kind: fc.constant('ascii' as const), text: fc.string() }),
  fc.record({ kind: fc.constant('json' as const), text: fc.string({ unit: 'binary' }) }),
  fc.record({ kind: fc.constant('decimal' as const), value: fc.maxSafeNat() }),
);

test('pieces stand one behind the other, whatever room there was at first', () => {
  fc.assert(
    fc.property(fc.array(piece), fc.integer({ min: 0, max: 64 }), (pieces, capacityBytes) => {
      const text = new AsciiText(capacityBytes);
      let expected = '';
      for (const each of pieces) {
        if (each.kind === 'ascii') text.ascii(each.text);
        else if (each.kind === 'json') text.json(each.text);
        else text.decimal(each.value);
        expected +=
          each.kind === 'decimal' ? String(each.value) : each.kind === 'json' ? jsonText(each.text) : each.text;
      }
      expect(text.length).toBe(expected.length);
      expect(textOf(text.take())).toBe(expected);
      expect(text.length).toBe(0);
    }),
  );
});

test.each([10, 60])('what was taken does not change when writing goes on (%i of 64 bytes)', (count) => {
  const text = new AsciiText(64);
  const first = text.ascii('a'.repeat(count)).take();
  const second = text.ascii('b'.repeat(count)).take();
  expect(textOf(first)).toBe('a'.repeat(count));
  expect(textOf(second)).toBe('b'.repeat(count));
});

test('what was taken keeps at most twice its size alive', () => {
  const bytes = new AsciiText(1000).ascii('a'.repeat(499)).take();
  expect(bytes.buffer.byteLength).toBe(499);
});

test('goes on in memory that came back, where there is some', () => {
  const back = [new Uint8Array(64)];
  const text = new AsciiText(64, () => back.pop() ?? null);
  const [first, second, third] = ['a', 'b', 'c'].map((letter) => text.ascii(letter.repeat(50)).take());
  expect([first, second, third].map((bytes) => textOf(bytes ?? new Uint8Array(0)))).toEqual(
    ['a', 'b', 'c'].map((letter) => letter.repeat(50)),
  );
  expect(back).toEqual([]);
});
