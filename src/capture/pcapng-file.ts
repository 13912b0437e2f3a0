import { CaptureFileError } from './capture-file-error.ts';
import type { FileWindow } from './file-window.ts';
import type { CapturedFrame, MutableFrame } from './frame.ts';
import { MAX_FRAME_BYTES } from './frame-limits.ts';
import { type PcapngInterface, readInterface } from './pcapng-interface.ts';

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const OBSOLETE_PACKET = 2;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;

/** The shortest each block can be, header and trailing length included; blocks that are not here are skipped. */
const MIN_BYTES: ReadonlyMap<number, number> = new Map([
  [SECTION_HEADER, 28],
  [INTERFACE_DESCRIPTION, 20],
  [OBSOLETE_PACKET, 32],
  [SIMPLE_PACKET, 16],
  [ENHANCED_PACKET, 32],
]);

const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
/** A frame and as much again for its options: a block that is read has to stand in the window as a whole. */
const MAX_READ_BLOCK_BYTES = 2 * MAX_FRAME_BYTES;
/** The obsolete packet block numbers interfaces with 16 bits; no machine has more, and memory has to end somewhere. */
const MAX_INTERFACES = 65_536;

export function isPcapng(magic: number): boolean {
  return magic === SECTION_HEADER;
}

/**
 * Reads a pcapng file (draft-ietf-opsawg-pcapng): blocks {u32 type, u32 total length, body, u32 total length again},
 * in sections that each have their own byte order and interfaces. A simple packet has no time of its own and gets
 * that of the frame before it. `window` stands at the file's start.
 *
 * @returns the offset at which the last, incomplete block begins; null when the file is whole.
 * @throws CaptureFileError
 */
export function readPcapng(window: FileWindow, onFrame: (frame: CapturedFrame) => void): number | null {
  return new PcapngReader(window, onFrame).read();
}

class PcapngReader {
  readonly #window: FileWindow;
  readonly #onFrame: (frame: CapturedFrame) => void;
  readonly #frame: MutableFrame;
  #littleEndian = true;
  #interfaces: PcapngInterface[] = [];

  constructor(window: FileWindow, onFrame: (frame: CapturedFrame) => void) {
    this.#window = window;
    this.#onFrame = onFrame;
    this.#frame = { bytes: window.bytes, start: 0, end: 0, atMs: 0, linkType: 0 };
  }

  read(): number | null {
    const window = this.#window;
    while (window.need(12)) {
      const start = window.offset;
      const type = window.view.getUint32(window.at, this.#littleEndian);
      if (type === SECTION_HEADER) this.#beginSection();
      const total = window.view.getUint32(window.at + 4, this.#littleEndian);
      const least = MIN_BYTES.get(type);
      if (total < (least ?? 12) || total % 4 !== 0) throw garbled(`a block of ${total} bytes cannot be`, start);
      if (least === undefined) {
        if (!window.skip(total - 4) || !window.need(4)) return start;
        this.#expectTrailer(total, window.at, start);
        window.at += 4;
        continue;
      }
      if (total > MAX_READ_BLOCK_BYTES) throw garbled(`a block of ${total} bytes cannot be`, start);
      if (!window.need(total)) return start;
      const at = window.at;
      this.#expectTrailer(total, at + total - 4, start);
      window.at = at + total;
      this.#readBlock(type, at, at + total, start);
    }
    return window.available === 0 ? null : window.offset;
  }

  /** The section's byte order has to be known before its header's own length can be read. */
  #beginSection(): void {
    const { view, at, offset } = this.#window;
    this.#littleEndian = view.getUint32(at + 8, true) === BYTE_ORDER_MAGIC;
    if (view.getUint32(at + 8, this.#littleEndian) !== BYTE_ORDER_MAGIC) {
      throw garbled('a section names no byte order', offset + 8);
    }
  }

  #expectTrailer(total: number, at: number, start: number): void {
    if (this.#window.view.getUint32(at, this.#littleEndian) !== total) {
      throw garbled('a block does not end with the length it began with', start);
    }
  }

  #readBlock(type: number, at: number, end: number, start: number): void {
    const { view } = this.#window;
    const littleEndian = this.#littleEndian;
    switch (type) {
      case ENHANCED_PACKET:
        this.#timedPacket(view.getUint32(at + 8, littleEndian), at, end, start);
        break;
      case OBSOLETE_PACKET:
        this.#timedPacket(view.getUint16(at + 8, littleEndian), at, end, start);
        break;
      case SIMPLE_PACKET:
        this.#simplePacket(at, end, start);
        break;
      case INTERFACE_DESCRIPTION:
        if (this.#interfaces.length === MAX_INTERFACES) throw garbled('too many interfaces', start);
        this.#interfaces.push(readInterface(view, at, end, littleEndian, start));
        break;
      case SECTION_HEADER: {
        const major = view.getUint16(at + 12, littleEndian);
        if (major !== 1) throw new CaptureFileError('unsupported', `pcapng version ${major}; only 1 is read`, start);
        this.#interfaces = [];
        break;
      }
    }
  }

  /** {u32 interface, or u16 interface and u16 drops, u32 time high, u32 time low, u32 captured, u32 on the wire}. */
  #timedPacket(interfaceId: number, at: number, end: number, start: number): void {
    const { view } = this.#window;
    const littleEndian = this.#littleEndian;
    const length = view.getUint32(at + 20, littleEndian);
    if (length > MAX_FRAME_BYTES || length > end - at - 32)
      throw garbled(`a frame of ${length} bytes cannot be`, start);
    const on = this.#interface(interfaceId, start);
    const units = view.getUint32(at + 12, littleEndian) * 0x1_0000_0000 + view.getUint32(at + 16, littleEndian);
    const frame = this.#frame;
    frame.atMs = units / on.unitsPerMs + on.offsetMs;
    frame.linkType = on.linkType;
    frame.start = at + 28;
    frame.end = frame.start + length;
    this.#onFrame(frame);
  }

  #simplePacket(at: number, end: number, start: number): void {
    const on = this.#interface(0, start);
    const wireBytes = this.#window.view.getUint32(at + 8, this.#littleEndian);
    const keptBytes = on.snapBytes === 0 ? wireBytes : Math.min(wireBytes, on.snapBytes);
    const length = Math.min(keptBytes, end - at - 16);
    if (length > MAX_FRAME_BYTES) throw garbled(`a frame of ${length} bytes cannot be`, start);
    const frame = this.#frame;
    frame.linkType = on.linkType;
    frame.start = at + 12;
    frame.end = frame.start + length;
    this.#onFrame(frame);
  }

  #interface(id: number, start: number): PcapngInterface {
    const on = this.#interfaces[id];
    if (on === undefined) throw garbled(`a frame names interface ${id}, which nothing describes`, start);
    return on;
  }
}

function garbled(what: string, offset: number): CaptureFileError {
  return new CaptureFileError('garbled', `${what}; the file is damaged`, offset);
}
