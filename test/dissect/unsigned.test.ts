import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mayEqual, mayLieWithin, unsigned } from '../../src/dissect/unsigned.ts';

const u32Bytes = fc.uint8Array({ minLength: 4, maxLength: 4 });

test('an integer is read big-endian from where it stands', () => {
  expect(unsigned(Uint8Array.of(9, 0xff, 0xfe, 0xfd, 0xfc), 1, 4)).toBe(0xfffefdfc);
  expect(unsigned(Uint8Array.of(9, 0x12, 0x34), 1, 2)).toBe(0x1234);
});

test('a whole integer may lie within bounds exactly when it does', () => {
  fc.assert(
    fc.property(u32Bytes, fc.nat(0xffffffff), fc.nat(0xffffffff), (bytes, min, max) => {
      const value = unsigned(bytes, 0, 4);
      expect(mayLieWithin(bytes, 0, 4, min, max)).toBe(min <= value && value <= max);
    }),
  );
});

test('a part of an integer may lie within bounds exactly when some ending brings it there', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2 }), fc.nat(0xffff), fc.nat(0xffff), (part, a, b) => {
      const [min, max] = [Math.min(a, b), Math.max(a, b)];
      const endings = Array.from({ length: 256 ** (2 - part.length) }, (_, ending) => ending);
      const some = endings.some((ending) => {
        const value = part.reduce((sum, byte, at) => sum + byte * 256 ** (1 - at), 0) + ending;
        return min <= value && value <= max;
      });
      expect(mayLieWithin(part, 0, 2, min, max)).toBe(some);
    }),
    { numRuns: 50 },
  );
});

test('an integer that has not begun to arrive may be anything', () => {
  expect(mayEqual(Uint8Array.of(1), 4, 4, 0xffffffff)).toBe(true);
  expect(mayEqual(Uint8Array.of(1), 4, 4, 0)).toBe(true);
});
