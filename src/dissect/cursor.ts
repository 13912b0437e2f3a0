import { latin1Text } from './latin1-text.ts';

const NO_BYTES = new Uint8Array(0);

/**
 * Reads forward through bytes, big-endian. A read past the end answers 0 or no bytes and leaves `failed` set for
 * good: a run of reads needs one check at its end.
 */
export class Cursor {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #offset: number;
  #failed = false;

  constructor(bytes: Uint8Array, offset = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#offset = offset;
    this.#end = end;
  }

  /** Some read went past the end. */
  get failed(): boolean {
    return this.#failed;
  }

  get offset(): number {
    return this.#offset;
  }

  /** Bytes not yet read. */
  get left(): number {
    return this.#end - this.#offset;
  }

  // Each by itself: read by one loop for all they would share a number that may need 32 bits, which is none of the
  // engine's small integers.
  u8(): number {
    const at = this.#offset;
    return this.#advance(1) ? this.#byte(at) : 0;
  }

  u16(): number {
    const at = this.#offset;
    return this.#advance(2) ? (this.#byte(at) << 8) | this.#byte(at + 1) : 0;
  }

  u24(): number {
    const at = this.#offset;
    return this.#advance(3) ? (this.#byte(at) << 16) | (this.#byte(at + 1) << 8) | this.#byte(at + 2) : 0;
  }

  u32(): number {
    const at = this.#offset;
    if (!this.#advance(4)) return 0;
    const low = (this.#byte(at + 1) << 16) | (this.#byte(at + 2) << 8) | this.#byte(at + 3);
    return this.#byte(at) * 0x1000000 + low;
  }

  /**
   * RFC 9000 §16: one, two, four or eight bytes, up to 2^62 − 1. Above 2^53 the answer is rounded; it is larger
   * than any length or offset that is accepted either way.
   */
  varint(): number {
    const first = this.u8();
    const value = first & 0x3f;
    switch (first >> 6) {
      case 0:
        return value;
      case 1:
        return value * 0x100 + this.u8();
      case 2:
        return value * 0x1000000 + this.u24();
      default:
        return (value * 0x1000000 + this.u24()) * 0x100000000 + this.u32();
    }
  }

  /** The next `length` bytes, not copied. */
  take(length: number): Uint8Array {
    const start = this.#offset;
    return this.#advance(length) ? this.#bytes.subarray(start, start + length) : NO_BYTES;
  }

  /** The next `length` bytes as text, one character a byte. */
  text(length: number): string {
    const start = this.#offset;
    return this.#advance(length) ? latin1Text(this.#bytes, start, start + length) : '';
  }

  /** Reads the next `length` bytes on their own, which costs less than a view of them. */
  part(length: number): Cursor {
    const start = this.#offset;
    return this.#advance(length) ? new Cursor(this.#bytes, start, start + length) : new Cursor(NO_BYTES);
  }

  /** Passes over the next `length` bytes. */
  skip(length: number): void {
    this.#advance(length);
  }

  #byte(at: number): number {
    return this.#bytes[at] ?? 0;
  }

  #advance(length: number): boolean {
    if (this.#failed || length > this.left) {
      this.#failed = true;
      return false;
    }
    this.#offset += length;
    return true;
  }
}
