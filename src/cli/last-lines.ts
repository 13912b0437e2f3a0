import type { FileHandle } from 'node:fs/promises';
import { MAX_LINE_BYTES } from './line-splitter.ts';

const BLOCK_BYTES = 64 * 1024;
const NEWLINE = 10;

export interface LastLines {
  /** In the file's order. */
  readonly lines: readonly string[];
  /** Offset behind the last whole line: from here on the file has not been read. */
  readonly end: number;
}

/** The last `count` whole lines of a file that `accept` takes, read backwards from its end so far as is needed. */
export async function lastLines(
  file: FileHandle,
  count: number,
  accept: (line: string) => boolean,
): Promise<LastLines> {
  const { size } = await file.stat();
  const found: string[] = [];
  let end: number | null = null;
  // Bytes from `at` on that belong to a line whose beginning has not been read.
  let tail: Buffer = Buffer.alloc(0);
  for (let at = size; at > 0 && (end === null || found.length < count); ) {
    const length = Math.min(BLOCK_BYTES, at);
    at -= length;
    const block = Buffer.alloc(length);
    const { bytesRead } = await file.read(block, 0, length, at);
    // Cut short while it is read: what is left of it will be followed from its start.
    if (bytesRead < length) return { lines: found.reverse(), end: 0 };
    const bytes = Buffer.concat([block, tail]);
    let lineEnd = bytes.length;
    for (let newline = bytes.lastIndexOf(NEWLINE); newline >= 0 && (end === null || found.length < count); ) {
      if (end === null) end = at + newline + 1;
      else takeLine(bytes.toString('utf8', newline + 1, lineEnd));
      lineEnd = newline;
      newline = newline === 0 ? -1 : bytes.lastIndexOf(NEWLINE, newline - 1);
    }
    tail = bytes.subarray(0, lineEnd > MAX_LINE_BYTES ? 0 : lineEnd);
    if (at === 0 && end !== null && found.length < count) takeLine(tail.toString());
  }
  return { lines: found.reverse(), end: end ?? 0 };

  function takeLine(line: string): void {
    if (accept(line)) found.push(line);
  }
}
