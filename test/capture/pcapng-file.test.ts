import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CaptureFileError } from '../../src/capture/capture-file-error.ts';
import { PcapngBlocks } from './pcapng-blocks.ts';
import { readAll } from './read-all.ts';

const little = new PcapngBlocks(true);
const big = new PcapngBlocks(false);
const PACKET = Uint8Array.of(1, 2, 3, 4, 5);
const MICROSECONDS = 1_700_000_000_123_456n;

function fileOf(...blocks: Uint8Array[]): Uint8Array {
  return Buffer.concat(blocks);
}

describe('a pcapng file', () => {
  test.each([
    { name: 'little-endian', blocks: little },
    { name: 'big-endian', blocks: big },
  ])('is read when $name', ({ blocks }) => {
    const file = fileOf(
      blocks.section(),
      blocks.interface(1),
      blocks.enhancedPacket(0, MICROSECONDS, PACKET, blocks.option(1, Buffer.from('a comment')), blocks.u32(0)),
      blocks.obsoletePacket(0, MICROSECONDS + 1000n, PACKET),
    );
    const { frames, summary } = readAll(file);
    expect(frames).toEqual([
      { bytes: [...PACKET], atMs: 1_700_000_000_123.456, linkType: 1 },
      { bytes: [...PACKET], atMs: 1_700_000_000_124.456, linkType: 1 },
    ]);
    expect(summary).toEqual({ format: 'pcapng', frames: 2, bytes: file.length, cutAt: null });
  });

  test('may change byte order and interfaces from section to section', () => {
    const file = fileOf(
      little.section(),
      little.interface(1),
      little.interface(113),
      little.enhancedPacket(1, 0n, PACKET),
      big.section(),
      big.interface(101),
      big.enhancedPacket(0, 0n, PACKET),
    );
    expect(readAll(file).frames.map((frame) => frame.linkType)).toEqual([113, 101]);
  });

  const nanoseconds = little.option(9, Uint8Array.of(9));
  test.each([
    { name: 'microseconds by default', options: [], units: MICROSECONDS },
    { name: 'nanoseconds', options: [nanoseconds], units: MICROSECONDS * 1000n },
    { name: 'seconds', options: [little.option(9, Uint8Array.of(0))], units: 1_700_000_000n, atMs: 1.7e12 },
    {
      name: '2^-20 seconds',
      options: [little.option(9, Uint8Array.of(0x80 | 20))],
      units: (1_700_000_000n << 20n) + (1n << 19n),
      atMs: 1_700_000_000_500,
    },
    {
      name: 'an offset',
      options: [little.option(14, little.i64(1_699_999_999n)), nanoseconds, little.u32(0)],
      units: 1_123_456_000n,
    },
    {
      name: 'a negative offset',
      options: [little.option(2, Buffer.from('wlan0')), little.option(14, little.i64(-5n))],
      units: MICROSECONDS + 5_000_000n,
    },
  ])('tells time in $name', ({ options, units, atMs = 1_700_000_000_123.456 }) => {
    const file = fileOf(little.section(), little.interface(1, 0, ...options), little.enhancedPacket(0, units, PACKET));
    expect(readAll(file).frames[0]?.atMs).toBeCloseTo(atMs, 3);
  });

  test.each([
    { name: 'whole', snapBytes: 0, wireBytes: 5, expected: [1, 2, 3, 4, 5] },
    { name: 'cut at the snapshot length', snapBytes: 3, wireBytes: 1500, expected: [1, 2, 3] },
    { name: 'claiming more than its block holds', snapBytes: 0, wireBytes: 1500, expected: [1, 2, 3, 4, 5, 0, 0, 0] },
  ])('may hold simple packets, $name, at the time of the frame before', ({ snapBytes, wireBytes, expected }) => {
    const file = fileOf(
      little.section(),
      little.interface(1, snapBytes),
      little.enhancedPacket(0, 5000n, Uint8Array.of(9)),
      little.simplePacket(wireBytes, PACKET),
    );
    expect(readAll(file).frames[1]).toEqual({ bytes: expected, atMs: 5, linkType: 1 });
  });

  test('may hold blocks nobody knows, however long', () => {
    const file = fileOf(
      little.section(),
      little.block(0x0bad, new Uint8Array(3_000_000)),
      little.interface(1),
      little.block(0xa, PACKET),
      little.enhancedPacket(0, 0n, PACKET),
    );
    expect(readAll(file, 50_000).frames).toHaveLength(1);
  });

  test('that was cut anywhere yields the packets before the cut and says where the cut block began', () => {
    const blocks = [
      little.section(),
      little.interface(1),
      little.enhancedPacket(0, 0n, PACKET),
      little.block(0x0bad, PACKET),
      little.enhancedPacket(0, 0n, PACKET),
    ];
    const file = fileOf(...blocks);
    const ends = blocks.map((_, index) => fileOf(...blocks.slice(0, index + 1)).length);
    for (let length = 4; length <= file.length; length += 1) {
      const { frames, summary } = readAll(file.subarray(0, length));
      expect(frames).toHaveLength([ends[2], ends[4]].filter((end) => end !== undefined && end <= length).length);
      expect(summary.cutAt).toBe(ends.includes(length) ? null : (ends.findLast((end) => end < length) ?? 0));
    }
  });

  const section = little.section();
  const start = fileOf(section, little.interface(1));
  const lying = Buffer.from(little.enhancedPacket(0, 0n, PACKET));
  lying.writeUInt32LE(9, 20);
  const endless = Buffer.from(little.enhancedPacket(0, 0n, PACKET));
  endless.writeUInt32LE(0xfffffff0, 4);
  const torn = Buffer.from(little.enhancedPacket(0, 0n, PACKET));
  torn.writeUInt32LE(8, torn.length - 4);
  const orderless = Buffer.from(section);
  orderless.writeUInt32LE(7, 8);
  const next = Buffer.from(section);
  next.writeUInt16LE(2, 12);
  test.each([
    { name: 'a frame longer than its block', file: fileOf(start, lying), error: /frame of 9 bytes.*at byte 48/ },
    { name: 'a block longer than any', file: fileOf(start, endless), error: /block of 4294967280 bytes.*at byte 48/ },
    { name: 'two lengths that differ', file: fileOf(start, torn), error: /length it began with.*at byte 48/ },
    { name: 'no byte order', file: orderless, error: /byte order.*at byte 8/ },
    { name: 'another version', file: next, error: /pcapng version 2/ },
    {
      name: 'an interface that is not there',
      file: fileOf(start, little.enhancedPacket(3, 0n, PACKET)),
      error: /interface 3.*at byte 48/,
    },
    {
      name: 'an option longer than its block',
      file: fileOf(section, little.interface(1, 0, little.u16(2), little.u16(99))),
      error: /option is longer.*at byte 44/,
    },
  ])('with $name is refused, naming the byte', ({ file, error }) => {
    expect(() => readAll(file)).toThrow(error);
  });

  test('does not hoard interfaces', () => {
    const on = little.interface(1);
    const file = fileOf(section, ...Array.from({ length: 65_537 }, () => on));
    expect(() => readAll(file)).toThrow(/too many interfaces/);
  });

  test('never makes the reader throw anything but its own error, nor read on for ever', () => {
    const file = fileOf(
      start,
      little.enhancedPacket(0, 0n, PACKET),
      little.simplePacket(5, PACKET),
      little.block(0x0bad, PACKET),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { maxLength: 8 }), (edits) => {
        const damaged = Uint8Array.from(file);
        for (const [at, byte] of edits) damaged[at] = byte;
        try {
          expect(readAll(damaged).frames.length).toBeLessThanOrEqual(file.length / 12);
        } catch (error) {
          expect(error).toBeInstanceOf(CaptureFileError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
