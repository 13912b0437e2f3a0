import { writeFileSync } from 'node:fs';

export interface FrameToWrite {
  readonly bytes: Uint8Array;
  /** Unix time; default 0. */
  readonly atMs?: number;
  /** Length on the wire; default all of `bytes`. */
  readonly wireBytes?: number;
}

export interface PcapOptions {
  /** LINKTYPE_ number; default 1, Ethernet. */
  readonly linkType?: number;
  readonly littleEndian?: boolean;
  readonly nanoseconds?: boolean;
  readonly minorVersion?: number;
}

/** A classic pcap file holding `frames`. */
export function pcapOf(frames: Iterable<FrameToWrite>, options: PcapOptions = {}): Uint8Array {
  const { linkType = 1, littleEndian = true, nanoseconds = false, minorVersion = 4 } = options;
  const parts: Uint8Array[] = [];
  const header = new DataView(new ArrayBuffer(24));
  header.setUint32(0, nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4, littleEndian);
  header.setUint16(4, 2, littleEndian);
  header.setUint16(6, minorVersion, littleEndian);
  header.setUint32(16, 262_144, littleEndian);
  header.setUint32(20, linkType, littleEndian);
  parts.push(new Uint8Array(header.buffer));
  for (const { bytes, atMs = 0, wireBytes = bytes.length } of frames) {
    const record = new DataView(new ArrayBuffer(16));
    const seconds = Math.floor(atMs / 1000);
    record.setUint32(0, seconds, littleEndian);
    record.setUint32(4, Math.round((atMs - seconds * 1000) * (nanoseconds ? 1e6 : 1e3)), littleEndian);
    record.setUint32(8, bytes.length, littleEndian);
    record.setUint32(12, wireBytes, littleEndian);
    parts.push(new Uint8Array(record.buffer), bytes);
  }
  return Buffer.concat(parts);
}

/** Writes a classic pcap file, for tests and benches that need one on disk. */
export function writePcap(path: string, frames: Iterable<FrameToWrite>, options: PcapOptions = {}): void {
  writeFileSync(path, pcapOf(frames, options));
}
