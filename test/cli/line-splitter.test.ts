import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineSplitter, MAX_LINE_BYTES } from '../../src/cli/line-splitter.ts';

test('lines come out whole however their bytes come in', () => {
  const line = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => !text.includes('\n'));
  fc.assert(
    fc.property(fc.array(line), fc.integer({ min: 1, max: 30 }), (lines, atOnce) => {
      const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
      const splitter = new LineSplitter();
      const out: string[] = [];
      for (let at = 0; at < bytes.length; at += atOnce) out.push(...splitter.push(bytes.subarray(at, at + atOnce)));
      expect(out).toEqual(lines);
      expect(splitter.finish()).toEqual([]);
    }),
  );
});

test('the last line may have no end', () => {
  const splitter = new LineSplitter();
  expect(splitter.push(Buffer.from('a\nb'))).toEqual(['a']);
  expect(splitter.finish()).toEqual(['b']);
  expect(splitter.finish()).toEqual([]);
});

test('a line without end does not grow for ever', () => {
  const splitter = new LineSplitter();
  const piece = Buffer.alloc(64 * 1024, 'x');
  let cut = 0;
  for (let n = 0; n < 100; n += 1) {
    cut += splitter.push(piece).length;
    expect(splitter.restBytes).toBeLessThanOrEqual(MAX_LINE_BYTES);
  }
  expect(cut).toBeGreaterThan(4);
});
