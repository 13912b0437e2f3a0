/** Bytes at a known place of a stream; `at` is the offset of the first one. */
export interface Piece {
  readonly at: number;
  readonly bytes: Uint8Array;
}

export function pieceEnd(piece: Piece): number {
  return piece.at + piece.bytes.length;
}

/** Whether two pieces differ in a byte that both hold. */
export function disagree(one: Piece, other: Piece): boolean {
  const from = Math.max(one.at, other.at);
  const to = Math.min(pieceEnd(one), pieceEnd(other));
  for (let offset = from; offset < to; offset += 1) {
    if (one.bytes[offset - one.at] !== other.bytes[offset - other.at]) return true;
  }
  return false;
}

/** The part of a piece inside `[from, to)`, sharing its bytes; null where nothing of it is. */
export function clip(piece: Piece, from: number, to: number): Piece | null {
  const start = Math.max(from, piece.at);
  const end = Math.min(to, pieceEnd(piece));
  if (start >= end) return null;
  if (start === piece.at && end === pieceEnd(piece)) return piece;
  return { at: start, bytes: piece.bytes.subarray(start - piece.at, end - piece.at) };
}

/** A copy in memory of its own. (`slice` would not do: of a Buffer it is a view.) */
export function copyOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}
