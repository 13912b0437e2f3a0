import { type FileHandle, open, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { GrowingFile } from './growing-file.ts';
import { lastLines } from './last-lines.ts';

/** How late a line may be seen. Looking costs three system calls, and works on every file system. */
const POLL_MS = 200;

export interface FollowOptions {
  /** How many lines to begin with, of those that `accept` takes. */
  readonly history: number;
  readonly accept: (line: string) => boolean;
  /** False: end at the file's end. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
  /** Told once where a file that is followed is not there yet; it is waited for. */
  readonly onMissing?: () => void;
  readonly pollMs?: number;
}

/**
 * The accepted lines of a file, in bundles: the last ones in it, then new ones until `signal` says stop. The file
 * may be truncated, or moved away and made anew: then the old one is read to its end before the new one.
 *
 * @throws errors of the operating system, save that a file that is followed may be missing
 */
export async function* followFile(path: string, options: FollowOptions): AsyncGenerator<readonly string[]> {
  for await (const lines of allLines(path, options)) {
    const accepted = lines.filter(options.accept);
    if (accepted.length > 0) yield accepted;
  }
}

async function* allLines(path: string, options: FollowOptions): AsyncGenerator<readonly string[]> {
  const { follow, signal, history, accept, onMissing } = options;
  let file = await openIfThere(path, follow);
  let growing: GrowingFile;
  try {
    if (file === null) {
      onMissing?.();
      file = await openWhenThere(path, options);
      if (file === null) return;
      growing = new GrowingFile(file, 0);
    } else {
      const { lines, end } = await lastLines(file, history, accept);
      yield lines;
      growing = new GrowingFile(file, end);
    }
    while (!signal.aborted) {
      yield* growing.newLines();
      if (!follow) {
        yield growing.unfinishedLine();
        return;
      }
      await pause(options);
      if (!(await isReplaced(path, file))) continue;
      // Who writes may take a moment to hear that the file was moved away.
      await pause(options);
      yield* growing.newLines();
      yield growing.unfinishedLine();
      const next = await openWhenThere(path, options);
      if (next === null) return;
      await file.close();
      file = next;
      growing = new GrowingFile(file, 0);
    }
  } finally {
    await file?.close();
  }
}

async function openWhenThere(path: string, options: FollowOptions): Promise<FileHandle | null> {
  while (!options.signal.aborted) {
    const file = await openIfThere(path, true);
    if (file !== null) return file;
    await pause(options);
  }
  return null;
}

/** @param mayBeMissing answer null for a file that is not there */
async function openIfThere(path: string, mayBeMissing: boolean): Promise<FileHandle | null> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (mayBeMissing && isMissing(error)) return null;
    throw error;
  }
}

async function isReplaced(path: string, file: FileHandle): Promise<boolean> {
  try {
    const [there, here] = await Promise.all([stat(path), file.stat()]);
    return there.ino !== here.ino || there.dev !== here.dev;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

async function pause({ signal, pollMs = POLL_MS }: FollowOptions): Promise<void> {
  await sleep(pollMs, undefined, { signal }).catch(() => {});
}
