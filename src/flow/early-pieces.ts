import { clip, copyOf, disagree, type Piece, pieceEnd } from './piece.ts';

/** Segments of one stream that came before the bytes in front of them: sorted, no two overlap, copied. */
export class EarlyPieces {
  #pieces: Piece[] = [];
  #bytesHeld = 0;

  get count(): number {
    return this.#pieces.length;
  }

  /** Adds what is new of a piece. False where it contradicts bytes that are already here. */
  add(piece: Piece): boolean {
    if (this.#pieces.some((held) => disagree(held, piece))) return false;
    const added: Piece[] = [];
    let from = piece.at;
    for (const held of this.#pieces) {
      const gap = clip(piece, from, held.at);
      if (gap !== null) added.push(copied(gap));
      from = Math.max(from, pieceEnd(held));
    }
    const rest = clip(piece, from, pieceEnd(piece));
    if (rest !== null) added.push(copied(rest));
    if (added.length > 0) this.#pieces = [...this.#pieces, ...added].sort((a, b) => a.at - b.at);
    for (const { bytes } of added) this.#bytesHeld += bytes.length;
    return true;
  }

  /** Takes out the piece that covers `offset`, without what it holds in front of it; null where there is none. */
  takeAt(offset: number): Piece | null {
    let first = this.#pieces[0];
    while (first !== undefined && pieceEnd(first) <= offset) {
      this.#removeFirst(first);
      first = this.#pieces[0];
    }
    if (first === undefined || first.at > offset) return null;
    this.#removeFirst(first);
    return clip(first, offset, pieceEnd(first));
  }

  get bytesHeld(): number {
    return this.#bytesHeld;
  }

  #removeFirst(first: Piece): void {
    this.#pieces.shift();
    this.#bytesHeld -= first.bytes.length;
  }
}

function copied(piece: Piece): Piece {
  return { at: piece.at, bytes: copyOf(piece.bytes) };
}
