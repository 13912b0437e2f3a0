import { type CaptureFileSummary, readCaptureFrom } from '../../src/capture/capture-file.ts';

export interface ReadFrame {
  readonly bytes: number[];
  readonly atMs: number;
  readonly linkType: number;
}

/** All frames of a capture held in memory, copied, `atOnce` bytes a read. */
export function readAll(
  file: Uint8Array,
  atOnce = Number.POSITIVE_INFINITY,
): { frames: ReadFrame[]; summary: CaptureFileSummary } {
  const frames: ReadFrame[] = [];
  let offset = 0;
  const summary = readCaptureFrom(
    (into, at, length) => {
      const piece = file.subarray(offset, offset + Math.min(length, atOnce));
      into.set(piece, at);
      offset += piece.length;
      return piece.length;
    },
    ({ bytes, start, end, atMs, linkType }) => {
      frames.push({ bytes: [...bytes.subarray(start, end)], atMs, linkType });
    },
  );
  return { frames, summary };
}
