import { constants } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Destination } from './destination.ts';

/** The owner's group may read the log: who talked to whom is nobody else's business. */
const FILE_MODE = 0o640;
const FOLDER_MODE = 0o750;
const NEWLINE = 10;

/**
 * A file that is appended to; it and its folder are made if they are not there. It may be a FIFO, which is never
 * waited for: without `O_NONBLOCK` a write nobody reads would hold one of Node's few file threads, and the exit.
 */
export function fileDestination(path: string): Destination {
  const { O_APPEND, O_CREAT, O_NONBLOCK, O_WRONLY } = constants;
  let file: FileHandle | null = null;
  return {
    name: path,
    async open() {
      file = await openMakingFolder(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK);
      const stat = await file.stat();
      return { atLineStart: !stat.isFile() || stat.size === 0 || (await endsWithNewline(path, stat.size)) };
    },
    async write(bytes) {
      return file === null ? 0 : (await file.write(bytes)).bytesWritten;
    },
    async close() {
      const closing = file;
      file = null;
      await closing?.close().catch(() => {});
    },
  };
}

async function openMakingFolder(path: string, flags: number): Promise<FileHandle> {
  try {
    return await open(path, flags, FILE_MODE);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  await mkdir(dirname(path), { recursive: true, mode: FOLDER_MODE });
  return open(path, flags, FILE_MODE);
}

async function endsWithNewline(path: string, size: number): Promise<boolean> {
  let file: FileHandle | null = null;
  try {
    file = await open(path, 'r');
    const last = new Uint8Array(1);
    await file.read(last, 0, 1, size - 1);
    return last[0] === NEWLINE;
  } catch {
    return false;
  } finally {
    await file?.close().catch(() => {});
  }
}
