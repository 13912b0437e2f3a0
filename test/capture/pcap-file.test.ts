import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CaptureFileError } from '../../src/capture/capture-file-error.ts';
import { readAll } from './read-all.ts';
import { pcapOf } from './write-pcap.ts';

const AT_MS = 1_700_000_000_123.456;

describe('a classic pcap file', () => {
  test.each([
    { littleEndian: true, nanoseconds: false },
    { littleEndian: false, nanoseconds: false },
    { littleEndian: true, nanoseconds: true },
    { littleEndian: false, nanoseconds: true },
  ])('is read in each byte order and time unit: %o', (options) => {
    const file = pcapOf([{ bytes: Uint8Array.of(1, 2, 3), atMs: AT_MS }, { bytes: Uint8Array.of() }], {
      ...options,
      linkType: 113,
    });
    const { frames, summary } = readAll(file);
    expect(frames).toEqual([
      { bytes: [1, 2, 3], atMs: expect.closeTo(AT_MS, 3), linkType: 113 },
      { bytes: [], atMs: 0, linkType: 113 },
    ]);
    expect(summary).toEqual({ format: 'pcap', frames: 2, bytes: file.length, cutAt: null });
  });

  test('gives back what was written, however the file is read in pieces', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 12 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 100 }),
        (packets, littleEndian, atOnce) => {
          const file = pcapOf(
            packets.map((bytes, index) => ({ bytes, atMs: index * 1000 })),
            { littleEndian },
          );
          const { frames } = readAll(file, atOnce);
          expect(frames).toEqual(
            packets.map((bytes, index) => ({ bytes: [...bytes], atMs: index * 1000, linkType: 1 })),
          );
        },
      ),
    );
  });

  test('that was cut anywhere yields the frames before the cut and says where the cut record began', () => {
    const packets = [Uint8Array.of(1, 2, 3, 4), Uint8Array.of(5, 6), Uint8Array.of(7)];
    const file = pcapOf(packets.map((bytes) => ({ bytes })));
    const starts = [24, 24 + 20, 24 + 20 + 18, file.length];
    for (let length = 4; length <= file.length; length += 1) {
      const { frames, summary } = readAll(file.subarray(0, length));
      const whole = starts.filter((start) => start > 24 && start <= length).length;
      expect(frames).toHaveLength(whole);
      expect(summary.cutAt).toBe(length < 24 ? 0 : starts.includes(length) ? null : starts[whole]);
    }
  });

  test('keeps frames whole that lie across two windows', () => {
    const bytes = new Uint8Array(200_000).fill(7);
    const { frames } = readAll(pcapOf(Array.from({ length: 20 }, () => ({ bytes }))));
    expect(frames).toHaveLength(20);
    expect(frames.every((frame) => frame.bytes.length === 200_000 && frame.bytes.every((byte) => byte === 7))).toBe(
      true,
    );
  });

  test('with an impossible length is refused, naming the byte, after the frames before it', () => {
    const file = pcapOf([{ bytes: Uint8Array.of(1) }, { bytes: Uint8Array.of(2) }]);
    new DataView(file.buffer, file.byteOffset).setUint32(24 + 17 + 8, 262_145, true);
    expect(() => readAll(file)).toThrow(/262145 bytes cannot be.*at byte 41/);
  });

  test('of an old version, with its two lengths either way round, is read', () => {
    const old = pcapOf([{ bytes: Uint8Array.of(1, 2), wireBytes: 9 }], { minorVersion: 3 });
    expect(readAll(old).frames.map((frame) => frame.bytes)).toEqual([[1, 2]]);
    const view = new DataView(old.buffer, old.byteOffset);
    view.setUint32(24 + 8, 9, true);
    view.setUint32(24 + 12, 2, true);
    expect(readAll(old).frames.map((frame) => frame.bytes)).toEqual([[1, 2]]);
  });

  test('of a version to come is refused', () => {
    expect(() => readAll(pcapOf([], { minorVersion: 5 }))).toThrow(/version 2\.5/);
  });

  test('never makes the reader throw anything but its own error, nor read on for ever', () => {
    const file = pcapOf([{ bytes: new Uint8Array(30) }, { bytes: new Uint8Array(5) }]);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { maxLength: 8 }), (edits) => {
        const damaged = Uint8Array.from(file);
        for (const [at, byte] of edits) damaged[at] = byte;
        try {
          expect(readAll(damaged).frames.length).toBeLessThanOrEqual(file.length / 16);
        } catch (error) {
          expect(error).toBeInstanceOf(CaptureFileError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
