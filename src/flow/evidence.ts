import { copyOf, disagree, type Piece, pieceEnd } from './piece.ts';

/** What a piece costs beside its bytes: two small objects. */
const PIECE_OVERHEAD_BYTES = 256;
/**
 * Heads of chunks or records that a server has acknowledged in segments without payload only, which nobody sees: an
 * upload of 16,000 of them before its answer begins.
 */
const MAX_EVIDENCE_BYTES = 4 * 1024 * 1024;

/** What has been read of a stream and the far end has not acknowledged yet, in ascending order. */
export class Evidence {
  #pieces: Piece[] = [];
  /** So many of the pieces are copies; those behind them are borrowed. */
  #owned = 0;
  #bytesHeld = 0;
  #end = 0;

  get isTooMuch(): boolean {
    return this.#bytesHeld > MAX_EVIDENCE_BYTES;
  }

  get bytesHeld(): number {
    return this.#bytesHeld;
  }

  /** The bytes, where there is one piece alone and it begins the stream. */
  get onlyFirst(): Uint8Array | null {
    const first = this.#pieces[0];
    return first?.at === 0 && this.#pieces.length === 1 ? first.bytes : null;
  }

  /** Adds the first `count` bytes, which stand at `at`, behind all others; they are borrowed until `keep` is called. */
  add(at: number, bytes: Uint8Array, count: number): void {
    this.#pieces.push({ at, bytes: count === bytes.length ? bytes : bytes.subarray(0, count) });
    this.#bytesHeld += count + PIECE_OVERHEAD_BYTES;
    this.#end = at + count;
  }

  /** Makes the bytes its own. */
  keep(): void {
    for (; this.#owned < this.#pieces.length; this.#owned += 1) {
      const piece = this.#pieces[this.#owned];
      if (piece !== undefined) this.#pieces[this.#owned] = { at: piece.at, bytes: copyOf(piece.bytes) };
    }
  }

  contradicts(piece: Piece): boolean {
    return piece.at < this.#end && this.#pieces.some((held) => disagree(held, piece));
  }

  /** Lets go of what lies before `offset` as a whole. */
  acknowledge(offset: number): void {
    let count = 0;
    for (const piece of this.#pieces) {
      if (pieceEnd(piece) > offset) break;
      this.#bytesHeld -= piece.bytes.length + PIECE_OVERHEAD_BYTES;
      count += 1;
    }
    if (count === 0) return;
    this.#pieces = this.#pieces.slice(count);
    this.#owned = Math.max(0, this.#owned - count);
  }
}
