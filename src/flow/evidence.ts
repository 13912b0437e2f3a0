import { copyOf, disagree, type Piece, pieceEnd } from './piece.ts';

/** What a piece costs beside its bytes: two small objects. */
const PIECE_OVERHEAD_BYTES = 256;
/**
 * Heads of chunks or records that a server has acknowledged in segments without payload only, which nobody sees: an
 * upload of 16,000 of them before its answer begins.
 */
const MAX_EVIDENCE_BYTES = 4 * 1024 * 1024;

/** What has been read of a stream and the far end has not acknowledged yet: copies in ascending order. */
export class Evidence {
  #pieces: Piece[] = [];
  #bytesHeld = 0;
  #end = 0;

  get isEmpty(): boolean {
    return this.#pieces.length === 0;
  }

  get isTooMuch(): boolean {
    return this.#bytesHeld > MAX_EVIDENCE_BYTES;
  }

  get bytesHeld(): number {
    return this.#bytesHeld;
  }

  get pieces(): readonly Piece[] {
    return this.#pieces;
  }

  /** Adds a copy of a piece that lies behind all others. */
  add(piece: Piece): void {
    this.#pieces.push({ at: piece.at, bytes: copyOf(piece.bytes) });
    this.#bytesHeld += piece.bytes.length + PIECE_OVERHEAD_BYTES;
    this.#end = pieceEnd(piece);
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
    if (count > 0) this.#pieces = this.#pieces.slice(count);
  }
}
