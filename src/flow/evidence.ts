import { Buffer } from 'node:buffer';
import { disagree, type Piece, pieceEnd } from './piece.ts';

/** What a piece costs beside its bytes: two small objects. */
const PIECE_OVERHEAD_BYTES = 256;
/**
 * Heads of chunks or records that a server has acknowledged in segments without payload only, which nobody sees: an
 * upload of 16,000 of them before its answer begins.
 */
const MAX_EVIDENCE_BYTES = 4 * 1024 * 1024;

/**
 * A copy of a piece, one character a byte: texts lie in V8's own heap, where bytes of any number worth mentioning are
 * allocated, tracked and freed apart, which takes longer than judging what they say.
 */
interface Copy {
  readonly at: number;
  readonly text: string;
}

/** Shared: an array is made with its first element, and has room for one then, as nearly all need. */
const NO_COPIES: Copy[] = [];
const NO_PIECES: Piece[] = [];

/** What has been read of a stream and the far end has not acknowledged yet, in ascending order. */
export class Evidence {
  #copies = NO_COPIES;
  /** Behind the copies. */
  #borrowed = NO_PIECES;
  #bytesHeld = 0;
  #end = 0;

  get isTooMuch(): boolean {
    return this.#bytesHeld > MAX_EVIDENCE_BYTES;
  }

  get bytesHeld(): number {
    return this.#bytesHeld;
  }

  /** Whether there is one piece alone and it begins the stream. */
  get isOnlyFirst(): boolean {
    if (this.#copies.length + this.#borrowed.length !== 1) return false;
    return (this.#copies[0] ?? this.#borrowed[0])?.at === 0;
  }

  /** The bytes of that one piece. */
  get onlyFirst(): Uint8Array | null {
    if (!this.isOnlyFirst) return null;
    const copy = this.#copies[0];
    return copy === undefined ? (this.#borrowed[0]?.bytes ?? null) : Buffer.from(copy.text, 'latin1');
  }

  /** Adds the first `count` bytes, which stand at `at`, behind all others; they are borrowed until `keep` is called. */
  add(at: number, bytes: Uint8Array, count: number): void {
    const piece = { at, bytes: count === bytes.length ? bytes : bytes.subarray(0, count) };
    if (this.#borrowed.length === 0) this.#borrowed = [piece];
    else this.#borrowed.push(piece);
    this.#bytesHeld += count + PIECE_OVERHEAD_BYTES;
    this.#end = at + count;
  }

  /** Makes the bytes its own. */
  keep(): void {
    for (const { at, bytes } of this.#borrowed) {
      const copy = { at, text: textOf(bytes) };
      if (this.#copies.length === 0) this.#copies = [copy];
      else this.#copies.push(copy);
    }
    this.#borrowed = NO_PIECES;
  }

  contradicts(piece: Piece): boolean {
    if (piece.at >= this.#end) return false;
    return this.#copies.some((copy) => differs(copy, piece)) || this.#borrowed.some((held) => disagree(held, piece));
  }

  /** Lets go of what lies before `offset` as a whole. */
  acknowledge(offset: number): void {
    let copies = 0;
    for (const { at, text } of this.#copies) {
      if (at + text.length > offset) break;
      this.#bytesHeld -= text.length + PIECE_OVERHEAD_BYTES;
      copies += 1;
    }
    if (copies > 0) this.#copies = this.#copies.slice(copies);
    if (this.#copies.length > 0) return;
    let borrowed = 0;
    for (const piece of this.#borrowed) {
      if (pieceEnd(piece) > offset) break;
      this.#bytesHeld -= piece.bytes.length + PIECE_OVERHEAD_BYTES;
      borrowed += 1;
    }
    if (borrowed > 0) this.#borrowed = this.#borrowed.slice(borrowed);
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

/** Whether a copy and a piece differ in a byte that both hold. */
function differs({ at, text }: Copy, piece: Piece): boolean {
  const from = Math.max(at, piece.at);
  const to = Math.min(at + text.length, pieceEnd(piece));
  for (let offset = from; offset < to; offset += 1) {
    if (text.charCodeAt(offset - at) !== piece.bytes[offset - piece.at]) return true;
  }
  return false;
}
