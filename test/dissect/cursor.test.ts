import { describe, expect, it } from 'vitest';
import { Cursor } from '../../src/dissect/cursor.ts';

describe('a cursor', () => {
  it('reads numbers of one to four bytes, big-endian, and views of bytes', () => {
    const cursor = new Cursor(Uint8Array.of(9, 1, 1, 2, 1, 2, 3, 0xff, 2, 3, 4, 7, 8), 1);
    expect([cursor.u8(), cursor.u16(), cursor.u24(), cursor.u32()]).toEqual([1, 0x0102, 0x010203, 0xff020304]);
    expect(cursor.take(2)).toEqual(Uint8Array.of(7, 8));
    expect([cursor.left, cursor.offset, cursor.failed]).toEqual([0, 13, false]);
  });

  it('reads a part on its own, up to its end and no further, and goes on behind it', () => {
    const cursor = new Cursor(Uint8Array.of(1, 2, 3, 4, 5));
    cursor.skip(1);
    const part = cursor.part(2);
    expect([part.left, part.u16(), part.left]).toEqual([2, 0x0203, 0]);
    expect([part.u8(), part.failed, cursor.failed, cursor.u8()]).toEqual([0, true, false, 4]);
  });

  it.each([
    ['one byte', [0x25], 37],
    ['two bytes', [0x7b, 0xbd], 15293],
    ['four bytes', [0x9d, 0x7f, 0x3e, 0x7d], 494878333],
    ['eight bytes', [0xc0, 0, 0, 1, 0, 0, 0, 2], 0x100000002],
    ['more bytes than needed', [0x40, 0x25], 37],
    ['the largest', Array(8).fill(0xff), 2 ** 62],
  ])('reads a variable-length number of %s (RFC 9000 A.1)', (_, bytes, value) => {
    const cursor = new Cursor(Uint8Array.from(bytes));
    expect(cursor.varint()).toBe(value);
    expect([cursor.left, cursor.failed]).toEqual([0, false]);
  });

  it.each([
    ['a number', (cursor: Cursor) => cursor.u32()],
    ['a variable-length number', (cursor: Cursor) => cursor.varint()],
    ['more bytes than there are', (cursor: Cursor) => cursor.take(4).length],
    ['a part longer than what is left', (cursor: Cursor) => cursor.part(4).left],
    ['past more than is left', (cursor: Cursor) => cursor.skip(4) ?? 0],
    ['more bytes than any memory has', (cursor: Cursor) => cursor.take(2 ** 62).length],
  ])('stays failed after reading %s past the end', (_, read) => {
    const cursor = new Cursor(Uint8Array.of(0x80, 1, 1));
    expect(read(cursor) & 0xff).toBe(0);
    expect(cursor.failed).toBe(true);
    expect(cursor.u8()).toBe(0);
    expect(cursor.failed).toBe(true);
  });
});
