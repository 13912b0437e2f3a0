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

  u8(): number {
    return this.#number(1);
  }

  u16(): number {
    return this.#number(2);
  }

  u24(): number {
    return this.#number(3);
  }

  u32(): number {
    return this.#number(4);
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

  #number(length: number): number {
    const start = this.#offset;
    if (!this.#advance(length)) return 0;
    let value = 0;
    for (let at = start; at < start + length; at++) value = value * 0x100 + (this.#bytes[at] ?? 0);
    return value;
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
