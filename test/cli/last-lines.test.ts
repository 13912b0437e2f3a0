import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LastLines, lastLines } from '../../src/cli/last-lines.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chatgate-tail-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function lastOf(text: string, count: number, accept: (line: string) => boolean = () => true): Promise<LastLines> {
  const path = join(folder, 'log');
  writeFileSync(path, text);
  const file = await open(path, 'r');
  try {
    return await lastLines(file, count, accept);
  } finally {
    await file.close();
  }
}

describe('the last lines of a file', () => {
  test.each([
    { text: '', count: 2, lines: [], end: 0 },
    { text: 'a\n', count: 2, lines: ['a'], end: 2 },
    { text: 'a\nb\nc\n', count: 2, lines: ['b', 'c'], end: 6 },
    { text: 'a\nb\nc\n', count: 0, lines: [], end: 6 },
    { text: 'a\nb\nc', count: 2, lines: ['a', 'b'], end: 4 },
    { text: 'torn', count: 2, lines: [], end: 0 },
    { text: '\n\n', count: 5, lines: ['', ''], end: 2 },
  ])('$count of $text', async ({ text, count, lines, end }) => {
    expect(await lastOf(text, count)).toEqual({ lines, end });
  });

  test('are those that are wanted, however far back', async () => {
    const text = Array.from({ length: 50_000 }, (_, n) => `line ${n}\n`).join('');
    const { lines } = await lastOf(text, 3, (line) => line.endsWith('000'));
    expect(lines).toEqual(['line 47000', 'line 48000', 'line 49000']);
  });

  test('are the same as those of the whole file, across blocks', async () => {
    const line = fc.tuple(fc.constantFrom('x', '微'), fc.integer({ min: 0, max: 40_000 }));
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 12 }), fc.nat(12), fc.boolean(), async (parts, count, isTorn) => {
        const all = parts.map(([letter, length]) => letter.repeat(length));
        const whole = all.map((text) => `${text}\n`).join('');
        const { lines, end } = await lastOf(isTorn ? `${whole}torn` : whole, count);
        expect(lines).toEqual(count === 0 ? [] : all.slice(-count));
        expect(end).toBe(Buffer.byteLength(whole));
      }),
      { numRuns: 50 },
    );
  });
});
