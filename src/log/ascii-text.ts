import { jsonText } from './json-text.ts';

const MIN_CAPACITY_BYTES = 4 * 1024;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const TILDE = 0x7e;
const ZERO = 0x30;
/** So few are copied before a call that copies has begun. */
const SHORT_BYTES = 20;
const MAX_INT32 = 2 ** 31 - 1;
const HEX_DIGITS = encoded('0123456789abcdef');

/** @param text ASCII. */
export function encoded(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/**
 * Printable ASCII, written piece by piece into memory of its own. A log's lines are made of some thirty pieces each;
 * joined as strings they would be the most of what a gateway leaves for the garbage collector.
 */
export class AsciiText {
  #bytes: Uint8Array;
  #length = 0;

  /** @param capacityBytes where more is written, the memory grows. */
  constructor(capacityBytes = MIN_CAPACITY_BYTES) {
    this.#bytes = new Uint8Array(capacityBytes);
  }

  get length(): number {
    return this.#length;
  }

  /** @param text ASCII. */
  ascii(text: string): this {
    this.#reserve(text.length);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let i = 0; i < text.length; i += 1) {
      bytes[at] = text.charCodeAt(i);
      at += 1;
    }
    this.#length = at;
    return this;
  }

  /** @param encoded ASCII. For what is written again and again: a copy costs less than a string read by characters. */
  bytes(encoded: Uint8Array): this {
    const count = encoded.length;
    this.#reserve(count);
    const bytes = this.#bytes;
    const at = this.#length;
    if (count > SHORT_BYTES) bytes.set(encoded, at);
    else for (let i = 0; i < count; i += 1) bytes[at + i] = encoded[i] ?? 0;
    this.#length = at + count;
    return this;
  }

  /** A string of any characters as JSON; see `jsonText`. */
  json(text: string): this {
    this.#reserve(text.length + 2);
    const bytes = this.#bytes;
    let at = this.#length;
    bytes[at] = QUOTE;
    at += 1;
    for (let i = 0; i < text.length; i += 1) {
      const code = text.charCodeAt(i);
      if (code < SPACE || code > TILDE || code === QUOTE || code === BACKSLASH) return this.ascii(jsonText(text));
      bytes[at] = code;
      at += 1;
    }
    bytes[at] = QUOTE;
    this.#length = at + 1;
    return this;
  }

  /** @param value a whole number from 0 to 2^53. */
  decimal(value: number): this {
    let digits = 1;
    for (let above = 10; above <= value; above *= 10) digits += 1;
    return this.padded(value, digits);
  }

  /** @param value a whole number below 10^`digits`, with zeros in front. */
  padded(value: number, digits: number): this {
    this.#reserve(digits);
    const bytes = this.#bytes;
    let at = this.#length + digits - 1;
    let rest = value;
    for (; rest > MAX_INT32; at -= 1) {
      const tenth = Math.floor(rest / 10);
      bytes[at] = ZERO + (rest - 10 * tenth);
      rest = tenth;
    }
    // Small integers divide in a fraction of the time.
    for (let small = rest | 0; at >= this.#length; at -= 1) {
      const tenth = (small / 10) | 0;
      bytes[at] = ZERO + small - 10 * tenth;
      small = tenth;
    }
    this.#length += digits;
    return this;
  }

  /** @param code of an ASCII character. */
  character(code: number): this {
    this.#reserve(1);
    this.#bytes[this.#length] = code;
    this.#length += 1;
    return this;
  }

  /** @param value one byte, as two hex digits. */
  hex(value: number): this {
    this.#reserve(2);
    this.#bytes[this.#length] = HEX_DIGITS[value >>> 4] ?? ZERO;
    this.#bytes[this.#length + 1] = HEX_DIGITS[value & 0xf] ?? ZERO;
    this.#length += 2;
    return this;
  }

  /** Forgets what was written. */
  clear(): void {
    this.#length = 0;
  }

  /** A copy of what was written so far, in the front of `memory` where that is given and has room; writing begins anew. */
  take(memory: Uint8Array = new Uint8Array(this.#length)): Uint8Array {
    const length = this.#length;
    memory.set(this.#bytes.subarray(0, length));
    this.#length = 0;
    return memory.length === length ? memory : memory.subarray(0, length);
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, needed));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
