import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bigEndian, nested, nfnetlinkMessage, readAnswer } from '../../src/netfilter-queue/netlink-message.ts';
import { decodeMessages, encodeAnswer, encodeMessage } from './netlink-encoding.ts';

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

describe('a message', () => {
  it('says its head, and its attributes in order, each on a multiple of four bytes', () => {
    const attributes = [
      { type: 3, value: Uint8Array.of(1, 2, 3, 4, 5) },
      { type: 4, value: bigEndian(0xfffefdfc) },
    ];
    const bytes = nfnetlinkMessage({ type: 0x0a06, flags: 5, sequence: 7, resource: 9, family: 1 }, attributes);
    expect(decodeMessages(bytes)).toEqual([
      {
        type: 0x0a06,
        flags: 5,
        sequence: 7,
        family: 1,
        queue: 9,
        attributes: attributes.map(({ type, value }) => ({ type, value: [...value] })),
      },
    ]);
    expect(bytes.length % 4).toBe(0);
  });

  it('holds attributes within attributes', () => {
    const inner = [{ type: 1, value: Uint8Array.of(9) }];
    const [outer] = decodeMessages(
      nfnetlinkMessage({ type: 1, flags: 0, sequence: 0, resource: 0 }, [nested(2, inner)]),
    ).flatMap(({ attributes }) => attributes);
    expect(outer).toEqual({ type: 2 | 0x8000, value: [5, 0, 1, 0, 9, 0, 0, 0] });
  });
});

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
