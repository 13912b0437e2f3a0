import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../src/netfilter-queue/netlink-message.ts';
import { encodeAnswer, encodeMessage } from './netlink-encoding.ts';

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

describe('an answer of the kernel', () => {
  it.each([0, 1, 16, 4095])('with errno %i is read as the kernel meant it', (errorNumber) => {
    const bytes = encodeAnswer(0x80000001, errorNumber);
    expect(readAnswer(viewOf(bytes), 0, bytes.length)).toEqual({ sequence: 0x80000001, errorNumber });
  });

  it('cut anywhere is none', () => {
    const bytes = encodeAnswer(1, 1);
    for (let end = 0; end < bytes.length; end += 1) expect(readAnswer(viewOf(bytes), 0, end)).toBeNull();
  });

  it('of another type, or with an error that is none, is none', () => {
    const other = encodeMessage(3, 1, new Array<number>(20).fill(0));
    const positive = encodeAnswer(1, -5);
    expect(readAnswer(viewOf(other), 0, other.length)).toBeNull();
    expect(readAnswer(viewOf(positive), 0, positive.length)).toBeNull();
  });

  it('made of any bytes never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(70), (bytes, end) => {
        const answer = readAnswer(viewOf(bytes), 0, end);
        if (answer !== null) expect(answer.errorNumber).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
