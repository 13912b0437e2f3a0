import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quic } from '../../../src/dissect/quic/quic.ts';
import { concat } from '../hex.ts';
import { checkDatagramStep } from '../split-property.ts';
import { facts, fromClient, half, initial, message, piece, whole } from './conversation.ts';

describe('whatever the bytes', () => {
  const limits = { interruptAfterTimeLimit: 2000, markInterruptAsFailure: false };

  it('a hello cut anywhere, shuffled and repeated, is found', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: message.length - 1 }), { maxLength: 8 }),
        fc.array(fc.nat(), { minLength: 9, maxLength: 9 }),
        fc.nat(2),
        (cuts, keys, perDatagram) => {
          const ends = [0, ...cuts.toSorted((a, b) => a - b), message.length];
          const pieces = ends.slice(1).map((end, at) => piece(ends[at] ?? 0, end));
          const shuffled = pieces.map((bytes, at) => ({ bytes, key: keys[at] ?? 0 })).sort((a, b) => a.key - b.key);
          const datagrams = [];
          for (let at = 0; at < shuffled.length; at += perDatagram + 1) {
            datagrams.push(initial(concat(...shuffled.slice(at, at + perDatagram + 1).map(({ bytes }) => bytes))));
          }
          expect(fromClient(...datagrams)).toMatchObject({ facts: [facts], never: null });
        },
      ),
      limits,
    );
  });

  it('a datagram of any bytes behind a good header is answered', () => {
    const step = quic.begin(initial(piece(0, half)));
    if (step.kind !== 'more') throw new Error('the other half is missing');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1300 }), fc.boolean(), fc.nat(40), (bytes, later, at) => {
        const datagram = concat(whole.subarray(0, at), bytes);
        checkDatagramStep(later ? step.next : quic.begin, datagram);
      }),
      limits,
    );
  });

  it('sealed frames of any bytes are answered', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.array(fc.constantFrom(0, 1, 2, 3, 6, 0x1c, 0xff, 0x40)),
    );
    fc.assert(
      fc.property(bytes, (frames) => {
        checkDatagramStep(quic.begin, initial(Uint8Array.from(frames)));
      }),
      limits,
    );
  });
});
