import { closeSync, openSync, readSync } from 'node:fs';
import { CaptureFileError } from './capture-file-error.ts';
import { FileWindow, type ReadBytes } from './file-window.ts';
import type { CapturedFrame } from './frame.ts';
import { isPcap, readPcap } from './pcap-file.ts';
import { isPcapng, readPcapng } from './pcapng-file.ts';

export interface CaptureFileSummary {
  readonly format: 'pcap' | 'pcapng';
  readonly frames: number;
  readonly bytes: number;
  /** Where the last record begins that the file holds only a part of; null when the file is whole. */
  readonly cutAt: number | null;
}

/**
 * Reads a .pcap or .pcapng file, told apart by their first bytes, from start to end, blocking. Frames come in the
 * file's order in one reused object whose bytes are only valid during the call. `onProgress` is told now and then
 * how many bytes have been read.
 *
 * @throws CaptureFileError and whatever `onFrame` throws
 */
export function readCapture(
  path: string,
  onFrame: (frame: CapturedFrame) => void,
  onProgress: ((bytesRead: number) => void) | null = null,
): CaptureFileSummary {
  const fd = orUnreadable(path, () => openSync(path, 'r'));
  try {
    const read: ReadBytes = (into, at, length) => orUnreadable(path, () => readSync(fd, into, at, length, null));
    return readCaptureFrom(read, onFrame, onProgress);
  } catch (error) {
    if (!(error instanceof CaptureFileError) || error.problem === 'unreadable') throw error;
    error.message = `${path}: ${error.message}`;
    throw error;
  } finally {
    closeSync(fd);
  }
}

/** As `readCapture`, from anything that yields bytes in order. */
export function readCaptureFrom(
  read: ReadBytes,
  onFrame: (frame: CapturedFrame) => void,
  onProgress: ((bytesRead: number) => void) | null = null,
): CaptureFileSummary {
  const window = new FileWindow(read, onProgress);
  if (!window.need(4)) throw tooShort(window.available);
  const magic = window.view.getUint32(window.at, false);
  let frames = 0;
  const counted = (frame: CapturedFrame): void => {
    frames += 1;
    onFrame(frame);
  };
  if (isPcap(magic)) {
    const cutAt = readPcap(window, magic, counted);
    return { format: 'pcap', frames, bytes: window.offset + window.available, cutAt };
  }
  if (isPcapng(magic)) {
    const cutAt = readPcapng(window, counted);
    return { format: 'pcapng', frames, bytes: window.offset + window.available, cutAt };
  }
  throw notRead(magic);
}

/** Reads as "run `<tool> -d` on it first"; by the first two bytes or all four. */
const COMPRESSED: readonly { readonly magic: number; readonly bytes: 2 | 4; readonly tool: string }[] = [
  { magic: 0x1f8b, bytes: 2, tool: 'gunzip' },
  { magic: 0x425a, bytes: 2, tool: 'bunzip2' },
  { magic: 0xfd377a58, bytes: 4, tool: 'unxz' },
  { magic: 0x28b52ffd, bytes: 4, tool: 'unzstd' },
  { magic: 0x04224d18, bytes: 4, tool: 'unlz4' },
];

/** Records with extra fields that only some old kernels' tools wrote, in either byte order. */
const MODIFIED_PCAP: ReadonlySet<number> = new Set([0xa1b2cd34, 0x34cdb2a1]);
const SNOOP = 0x736e6f6f;

function notRead(magic: number): CaptureFileError {
  for (const { magic: start, bytes, tool } of COMPRESSED) {
    if (start === (bytes === 2 ? magic >>> 16 : magic)) {
      const kind = tool === 'gunzip' ? 'gzip' : tool.slice(2);
      return new CaptureFileError('compressed', `the file is compressed (${kind}); unpack it first: ${tool} FILE`);
    }
  }
  if (MODIFIED_PCAP.has(magic)) {
    return new CaptureFileError('unsupported', `"modified" pcap is not read; ${CONVERT}`);
  }
  if (magic === SNOOP) return new CaptureFileError('unsupported', `a snoop capture is not read; ${CONVERT}`);
  return new CaptureFileError('not-a-capture', 'neither a .pcap nor a .pcapng file by its first bytes');
}

const CONVERT = 'convert it first: editcap -F pcapng FILE NEW-FILE';

function tooShort(bytes: number): CaptureFileError {
  if (bytes === 0) return new CaptureFileError('empty', 'the file is empty');
  return new CaptureFileError('not-a-capture', `only ${bytes} bytes long, too short for a capture`);
}

function orUnreadable<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new CaptureFileError('unreadable', `cannot read ${path}: ${reasonOf(error)}`);
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  switch (code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'EISDIR':
      return 'it is a directory';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
