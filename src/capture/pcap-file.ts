import { CaptureFileError } from './capture-file-error.ts';
import type { FileWindow } from './file-window.ts';
import type { CapturedFrame, MutableFrame } from './frame.ts';
import { MAX_FRAME_BYTES } from './frame-limits.ts';

const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;

interface Variant {
  readonly littleEndian: boolean;
  readonly fractionsPerMs: number;
}

/** By the file's first four bytes, read as big-endian. */
const VARIANTS: ReadonlyMap<number, Variant> = new Map([
  [0xa1b2c3d4, { littleEndian: false, fractionsPerMs: 1e3 }],
  [0xd4c3b2a1, { littleEndian: true, fractionsPerMs: 1e3 }],
  [0xa1b23c4d, { littleEndian: false, fractionsPerMs: 1e6 }],
  [0x4d3cb2a1, { littleEndian: true, fractionsPerMs: 1e6 }],
]);

export function isPcap(magic: number): boolean {
  return VARIANTS.has(magic);
}

/**
 * Reads a classic pcap file (draft-ietf-opsawg-pcap): a 24-byte header, then records of a 16-byte header
 * {u32 seconds, u32 micro- or nanoseconds, u32 captured length, u32 length on the wire} and the frame, all in the
 * byte order of the machine that wrote it. `window` stands at the file's start and `magic` is known to `isPcap`.
 *
 * @returns the offset at which the last, incomplete record begins; null when the file is whole.
 * @throws CaptureFileError
 */
export function readPcap(window: FileWindow, magic: number, onFrame: (frame: CapturedFrame) => void): number | null {
  const variant = VARIANTS.get(magic);
  if (variant === undefined) throw new CaptureFileError('not-a-capture', 'not a pcap file', 0);
  if (!window.need(FILE_HEADER_BYTES)) return 0;
  const { littleEndian, fractionsPerMs } = variant;
  const { view } = window;
  const major = view.getUint16(window.at + 4, littleEndian);
  const minor = view.getUint16(window.at + 6, littleEndian);
  if (major !== 2 || minor > 4) {
    throw new CaptureFileError('unsupported', `pcap version ${major}.${minor}; 2.0 to 2.4 are read`, 4);
  }
  // Before 2.4 the two lengths stood the other way round, in 2.3 either way; the captured one is never the greater.
  const mayBeSwapped = minor < 4;
  // The upper half tells of frame check sequences, which an IP packet's own length leaves out anyway.
  const linkType = view.getUint32(window.at + 20, littleEndian) & 0xffff;
  window.at += FILE_HEADER_BYTES;

  const frame: MutableFrame = { bytes: window.bytes, start: 0, end: 0, atMs: 0, linkType };
  while (window.need(RECORD_HEADER_BYTES)) {
    const at = window.at;
    let length = view.getUint32(at + 8, littleEndian);
    if (mayBeSwapped) length = Math.min(length, view.getUint32(at + 12, littleEndian));
    if (length > MAX_FRAME_BYTES) {
      throw new CaptureFileError('garbled', `a frame of ${length} bytes cannot be; the file is damaged`, window.offset);
    }
    frame.atMs = view.getUint32(at, littleEndian) * 1000 + view.getUint32(at + 4, littleEndian) / fractionsPerMs;
    if (!window.need(RECORD_HEADER_BYTES + length)) return window.offset;
    frame.start = window.at + RECORD_HEADER_BYTES;
    frame.end = frame.start + length;
    window.at = frame.end;
    onFrame(frame);
  }
  return window.available === 0 ? null : window.offset;
}
