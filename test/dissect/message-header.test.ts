import { describe, expect, test } from 'vitest';
import { followMessages, type ReadHeader } from '../../src/dissect/message-header.ts';
import { more, NOT_THIS, never } from '../../src/dissect/outcome.ts';
import { checkEverySplit } from './split-property.ts';

/** A body length below 0x10; 0xff is this protocol broken, all else another. */
const readHeader: ReadHeader = (bytes) => {
  const [body] = bytes;
  if (body === undefined) return more(1);
  if (body === 0xff) return never('header-broken');
  return body < 0x10 ? { kind: 'header', headerBytes: 1, bodyBytes: body } : NOT_THIS;
};

describe('followMessages', () => {
  test.each([1, 2, 3, 4])('leaves the direction free after %i messages, whose bodies it never sees', (messages) => {
    const bytes = Uint8Array.from(Array.from({ length: messages }, () => [2, 0xff, 0xff]).flat());
    const { matches, end } = checkEverySplit(followMessages(readHeader, messages, 'other-bytes'), bytes);
    expect(matches).toEqual(
      matches.map((_, at) => ({
        kind: 'match',
        facts: null,
        consumed: 1,
        skip: 2,
        next: at === messages - 1 ? 'free' : 'step',
        answer: undefined,
      })),
    );
    expect([matches.length, end]).toEqual([messages, 'free']);
  });

  test("names other bytes by its own code, and what is broken by the header's", () => {
    const step = followMessages(readHeader, 3, 'other-bytes');
    expect(checkEverySplit(step, Uint8Array.of(1, 7, 0x20)).end).toEqual({ never: 'other-bytes' });
    expect(checkEverySplit(step, Uint8Array.of(1, 7, 0xff)).end).toEqual({ never: 'header-broken' });
  });
});
