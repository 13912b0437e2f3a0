import { EarlyPieces } from './early-pieces.ts';
import { Evidence } from './evidence.ts';
import { clip, copyOf, disagree, type Piece, pieceEnd } from './piece.ts';
import { offsetNear } from './sequence.ts';

/** A burst that lost its first segment: Linux starts with 10 segments and a hello or request head has few. */
const MAX_EARLY_PIECES = 64;
/** The largest message head a dissector reads (16 KiB) and one segment of the largest size behind it, twice over. */
const MAX_HELD_BYTES = 160 * 1024;

/** RFC 7323 §2.3: nobody may send further ahead than this. */
const MAX_WINDOW_BYTES = 2 ** 30;

const NOTHING = new Uint8Array(0);

/** What became of a segment. */
export type Insertion =
  | 'taken'
  /** A byte that was seen before came again with another value: nobody can know which one the far end takes. */
  | 'contradiction'
  /** More was sent out of order, or unread, than is kept. */
  | 'overflow'
  /** It holds bytes in front of the first one seen. */
  | 'before-start';

/** What is to be remembered of a stream between two messages, if no more than its first was evidence. */
export interface StreamRest {
  /** The sequence number of the stream's first byte, unsigned. */
  readonly origin: number;
  readonly readBytes: number;
  /** What was read of the stream's first bytes, if it is still known; borrowed until `keep` is called. */
  readonly evidence: Uint8Array | null;
}

/**
 * One direction of a TCP connection: bounded reassembly of what is still to be read, and the *evidence*, which is
 * what has been read and the other end has not yet acknowledged. Offsets count from the stream's first byte.
 */
export class Stream {
  /** A stream that goes on where it came to rest. */
  static resumed({ origin, readBytes, evidence }: StreamRest): Stream {
    const stream = new Stream(origin);
    stream.#readAt = readBytes;
    stream.#seenEnd = readBytes;
    if (evidence !== null) {
      stream.#evidence = new Evidence();
      stream.#evidence.add(0, evidence, evidence.length);
    }
    return stream;
  }

  readonly #origin: number;
  #readAt = 0;
  #unread: Uint8Array = NOTHING;
  #ownsUnread = true;
  #early: EarlyPieces | null = null;
  #evidence: Evidence | null = null;
  /** Where the furthest byte seen ends. Not where reading is: that may be far ahead, behind a body yet to come. */
  #seenEnd = 0;
  #isFree = false;

  /** @param origin the sequence number of the first byte, unsigned 32-bit. */
  constructor(origin: number) {
    this.#origin = origin;
  }

  /** The offset of a sequence number, taken to be near the furthest byte seen. */
  offsetOf(sequence: number): number {
    return offsetNear(sequence, this.#origin, this.#seenEnd);
  }

  /** The sequence number behind the furthest byte seen. */
  get seenEnd(): number {
    return (this.#origin + this.#seenEnd) >>> 0;
  }

  /** Whether everything seen has been read, and no more of it than the stream's first bytes is evidence. */
  get isAtRest(): boolean {
    const isAllRead = this.#unread.length === 0 && this.#early === null && this.#seenEnd === this.#readAt;
    return isAllRead && this.#evidence?.isOnlyFirst === true;
  }

  /** What is to be remembered of a stream at rest; null of any other. */
  get rest(): StreamRest | null {
    const evidence = this.isAtRest ? (this.#evidence?.onlyFirst ?? null) : null;
    return evidence === null ? null : { origin: this.#origin, readBytes: this.#readAt, evidence };
  }

  /** Contiguous bytes not consumed yet. Borrowed from the packet until `keep` is called. */
  get unread(): Uint8Array {
    return this.#unread;
  }

  /** What is kept of what was consumed and has not been acknowledged: 0 exactly if nothing is. */
  get evidenceBytes(): number {
    return this.#evidence?.bytesHeld ?? 0;
  }

  /** More of what was consumed waits for its acknowledgement than is kept. */
  get hasTooMuchEvidence(): boolean {
    return this.#evidence?.isTooMuch === true;
  }

  get bytesHeld(): number {
    return (
      (this.#evidence?.bytesHeld ?? 0) + (this.#ownsUnread ? this.#unread.length : 0) + (this.#early?.bytesHeld ?? 0)
    );
  }

  /** Takes a segment's payload; `bytes` is borrowed. Bytes that need not be read any more are passed over. */
  insert(offset: number, bytes: Uint8Array): Insertion {
    if (offset < 0) return 'before-start';
    const piece: Piece = { at: offset, bytes };
    if (offset > this.#seenEnd + MAX_WINDOW_BYTES) return 'overflow';
    this.#seenEnd = Math.max(this.#seenEnd, pieceEnd(piece));
    if (this.#evidence?.contradicts(piece) === true) return 'contradiction';
    if (this.#isFree) return 'taken';
    const readEnd = this.#readAt + this.#unread.length;
    if (offset < readEnd && disagree({ at: this.#readAt, bytes: this.#unread }, piece)) return 'contradiction';
    const fresh = clip(piece, readEnd, pieceEnd(piece));
    if (fresh === null) return 'taken';
    if (fresh.at > readEnd) return this.#addEarly(fresh);
    if (this.#early !== null && !this.#early.add(fresh)) return 'contradiction';
    this.#append(fresh.bytes);
    this.#absorbEarly();
    return this.#unread.length > MAX_HELD_BYTES ? 'overflow' : 'taken';
  }

  /** The first `count` unread bytes have been read and are evidence; `skip` more, seen or not, may hold anything. */
  consume(count: number, skip: number): void {
    if (count > 0) {
      this.#evidence ??= new Evidence();
      this.#evidence.add(this.#readAt, this.#unread, count);
    }
    this.#readAt += count + skip;
    const isAll = count + skip >= this.#unread.length;
    this.#unread = isAll ? NOTHING : this.#unread.subarray(count + skip);
    if (isAll) this.#ownsUnread = true;
    this.#absorbEarly();
  }

  /** Nothing more will be read in this direction; the evidence is still guarded. */
  free(): void {
    this.#isFree = true;
    this.#unread = NOTHING;
    this.#early = null;
  }

  /** The other end has everything before `offset`: what comes again of it changes nothing. */
  acknowledge(offset: number): void {
    this.#evidence?.acknowledge(offset);
  }

  /** Makes what is borrowed the stream's own; to be called before the packet's bytes go away. */
  keep(): void {
    this.#evidence?.keep();
    // A few bytes must not keep the buffer alive that they were cut from.
    if (this.#ownsUnread && 2 * this.#unread.length >= this.#unread.buffer.byteLength) return;
    this.#unread = this.#unread.length === 0 ? NOTHING : copyOf(this.#unread);
    this.#ownsUnread = true;
  }

  #addEarly(piece: Piece): Insertion {
    this.#early ??= new EarlyPieces();
    if (!this.#early.add(piece)) return 'contradiction';
    const isTooMuch = this.#early.count > MAX_EARLY_PIECES || this.#early.bytesHeld > MAX_HELD_BYTES;
    return isTooMuch ? 'overflow' : 'taken';
  }

  #append(bytes: Uint8Array): void {
    if (this.#unread.length === 0) {
      this.#unread = bytes;
      this.#ownsUnread = false;
      return;
    }
    const joined = new Uint8Array(this.#unread.length + bytes.length);
    joined.set(this.#unread);
    joined.set(bytes, this.#unread.length);
    this.#unread = joined;
    this.#ownsUnread = true;
  }

  #absorbEarly(): void {
    if (this.#early === null) return;
    let next = this.#early.takeAt(this.#readAt + this.#unread.length);
    while (next !== null) {
      this.#append(next.bytes);
      next = this.#early.takeAt(this.#readAt + this.#unread.length);
    }
    if (this.#early.count === 0) this.#early = null;
  }
}
