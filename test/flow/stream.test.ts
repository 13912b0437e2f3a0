import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Stream } from '../../src/flow/stream.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const bytes = (value: string): Uint8Array => Buffer.from(value, 'latin1');

describe('reassembly', () => {
  it('gives back the bytes that were sent, however they were cut, shuffled, repeated and overlapped', () => {
    const cut = fc.record({ from: fc.nat(199), length: fc.integer({ min: 1, max: 60 }), order: fc.nat() });
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 200, maxLength: 200 }), fc.array(cut, { maxLength: 30 }), (sent, cuts) => {
        const all = [...cuts, ...Array.from({ length: 10 }, (_, i) => ({ from: i * 20, length: 20, order: i * 7919 }))];
        const stream = new Stream(0xffffff80);
        for (const { from, length } of all.sort((a, b) => (a.order % 101) - (b.order % 101))) {
          const offset = stream.offsetOf((0xffffff80 + from) >>> 0);
          expect(offset).toBe(from);
          expect(stream.insert(offset, sent.subarray(from, from + length))).toBe('taken');
          stream.keep();
        }
        expect(stream.unread).toEqual(sent);
      }),
      { numRuns: 300 },
    );
  });

  it('finds every byte that comes again with another value, in what is unread, early or read and unacknowledged', () => {
    fc.assert(
      fc.property(fc.nat(29), fc.constantFrom('unread', 'early', 'evidence'), fc.boolean(), (at, where, isKept) => {
        const sent = Uint8Array.from({ length: 30 }, (_, i) => (i % 2 === 0 ? i : 255 - i));
        const stream = new Stream(5);
        if (where === 'early') stream.insert(10, sent);
        else stream.insert(0, sent);
        if (where === 'evidence') stream.consume(30, 0);
        if (isKept) stream.keep();
        const other = sent.slice(at, at + 1).map((value) => value ^ 0xff);
        expect(stream.insert(where === 'early' ? 10 + at : at, other)).toBe('contradiction');
      }),
    );
  });

  it('does not hold what the other end has acknowledged against a late copy', () => {
    const stream = new Stream(0);
    stream.insert(0, bytes('request'));
    stream.consume(7, 0);
    expect(stream.evidenceBytes).toBeGreaterThanOrEqual(7);
    stream.acknowledge(6);
    expect(stream.evidenceBytes).toBeGreaterThanOrEqual(7);
    stream.acknowledge(7);
    expect(stream.evidenceBytes).toBe(0);
    expect(stream.insert(0, bytes('QUIRKY!'))).toBe('taken');
  });

  it('passes over a body, seen or not, and reads on behind it', () => {
    const stream = new Stream(0);
    stream.insert(0, bytes('HEADbod'));
    stream.consume(4, 10);
    expect(text(stream.unread)).toBe('');
    expect(stream.insert(9, bytes('xxxxxNEXT'))).toBe('taken');
    expect(text(stream.unread)).toBe('NEXT');
    expect(stream.insert(4, bytes('anything!!'))).toBe('taken');
    expect(text(stream.unread)).toBe('NEXT');
  });

  it('reads on from early bytes behind a body that never came whole', () => {
    const stream = new Stream(0);
    stream.insert(12, bytes('NEXT'));
    stream.insert(0, bytes('HEAD'));
    stream.consume(4, 8);
    expect(text(stream.unread)).toBe('NEXT');
  });

  it('is bounded: early pieces overflow by number and by bytes', () => {
    const scattered = new Stream(0);
    const answers = Array.from({ length: 200 }, (_, i) => scattered.insert(10 + 2 * i, Uint8Array.of(1)));
    expect(answers).toContain('overflow');
    const heavy = new Stream(0);
    expect([0, 1, 2].map((i) => heavy.insert(1 + i * 70_000, new Uint8Array(65_000)))).toContain('overflow');
  });

  it('says so when bytes come from in front of the start, and takes none of them', () => {
    const stream = new Stream(100);
    expect(stream.insert(stream.offsetOf(94), bytes('hello world'))).toBe('before-start');
    stream.insert(0, bytes('world'));
    stream.keep();
    expect(stream.insert(stream.offsetOf(94), bytes('hello '))).toBe('before-start');
    expect(text(stream.unread)).toBe('world');
    stream.consume(5, 0);
    expect(stream.insert(stream.offsetOf(99), bytes(' '))).toBe('before-start');
  });

  it('knows the sequence number behind the furthest byte seen, read or not', () => {
    const stream = new Stream(0xfffffffe);
    expect(stream.seenEnd).toBe(0xfffffffe);
    stream.insert(10, bytes('early'));
    expect(stream.seenEnd).toBe(13);
    stream.insert(0, bytes('hello'));
    expect(stream.seenEnd).toBe(13);
  });

  it('does not lean on the packet once it keeps', () => {
    const stream = new Stream(0);
    const packet = bytes('abc');
    stream.insert(0, packet);
    stream.keep();
    packet.fill(0);
    expect(text(stream.unread)).toBe('abc');
  });
});

it('a freed stream still guards its evidence', () => {
  const stream = new Stream(0);
  stream.insert(0, bytes('hello'));
  stream.consume(5, 0);
  stream.free();
  expect(stream.insert(0, bytes('hello, and more'))).toBe('taken');
  expect(stream.unread.length).toBe(0);
  expect(stream.insert(0, bytes('jello'))).toBe('contradiction');
});
