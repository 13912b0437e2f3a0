import { readFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { fileURLToPath } from 'node:url';

/** What of one source file has run. */
export interface FileCoverage {
  /** From `src/` on. */
  readonly file: string;
  readonly lines: number;
  readonly linesRun: number;
  /** Functions and branches as V8 tells them apart, without those that always ran with what is around them. */
  readonly blocks: number;
  readonly blocksRun: number;
  /** The first line of each that never ran, as text. */
  readonly neverRun: readonly string[];
}

interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

/** V8's own counts (Profiler domain, block by block), taken of the compiled sources. */
export class Coverage {
  readonly #session = new Session();

  static async start(): Promise<Coverage> {
    const coverage = new Coverage();
    coverage.#session.connect();
    await coverage.#session.post('Profiler.enable');
    await coverage.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
    return coverage;
  }

  /** Of the files whose path holds one of `folders`, e.g. `/src/judge/`. */
  async take(folders: readonly string[]): Promise<FileCoverage[]> {
    const { result } = await this.#session.post('Profiler.takePreciseCoverage');
    this.#session.disconnect();
    return result
      .filter(({ url }) => url.startsWith('file:') && folders.some((folder) => url.includes(folder)))
      .map(({ url, functions }) =>
        fileCoverage(
          fileURLToPath(url),
          functions.flatMap(({ ranges }) => ranges),
        ),
      )
      .filter(({ lines }) => lines > 0)
      .sort((a, b) => a.file.localeCompare(b.file));
  }
}

function fileCoverage(path: string, ranges: readonly Range[]): FileCoverage {
  const text = readFileSync(path, 'utf8');
  const counts = countsByOffset(text.length, ranges);
  let [lines, linesRun] = [0, 0];
  for (const { at, length, code } of linesOf(text)) {
    if (!code) continue;
    lines += 1;
    if (counts.subarray(at, at + length).every((count) => count === 1)) linesRun += 1;
  }
  const never = ranges.filter(({ count }) => count === 0);
  return {
    file: path.slice(path.lastIndexOf('/src/') + 1),
    lines,
    linesRun,
    blocks: ranges.length,
    blocksRun: ranges.length - never.length,
    neverRun: never.map(({ startOffset }) => firstLine(text, startOffset)),
  };
}

/** 1 where a character has run. Ranges of one function are nested, the inner ones later. */
function countsByOffset(length: number, ranges: readonly Range[]): Uint8Array {
  const counts = new Uint8Array(length).fill(1);
  const outerFirst = [...ranges].sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
  for (const { startOffset, endOffset, count } of outerFirst) counts.fill(count > 0 ? 1 : 0, startOffset, endOffset);
  return counts;
}

function* linesOf(text: string): Generator<{ at: number; length: number; code: boolean }> {
  let at = 0;
  for (const line of text.split('\n')) {
    const trimmed = line.trim();
    const indent = line.length - line.trimStart().length;
    yield { at: at + indent, length: trimmed.length, code: /\w/.test(trimmed) && !/^(\/\*|\*|\/\/)/.test(trimmed) };
    at += line.length + 1;
  }
}

function firstLine(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `${before.length}: ${(text.split('\n')[before.length - 1] ?? '').trim()}`;
}
