import { spread, stateOf } from './name-hash.ts';

/** What the table answers for a name that is not in it. */
export const ABSENT = -1;

/** A row's bytes; two rows are as long as a line of the processor's cache. */
const ROW = 32;
const ROW_WORDS = ROW / Int32Array.BYTES_PER_ELEMENT;
/** First a 32-bit word, one more than the name's number, so that an untouched row is an empty one; then bytes. */
const HASH = 4;
const LENGTH = 5;
const CHARS = 6;
const LONGEST = ROW - CHARS;
/** Bits a row of what is asked before the rows. An eighth at the most of the names in no row find theirs set. */
const BITS_A_ROW = 4;

/**
 * Names and a number for each, in one flat array of rows found by hash (open addressing). A row holds the name itself,
 * so a look-up reads one line of memory. A `Map` reads several, each found through the one before, and once the list is
 * long none of them is in a cache; to one are left the names that fit no row.
 *
 * Most names that are asked about are in no table. One bit of many tells so, and all those bits fit in a cache even
 * where the rows do not (a Bloom filter of one hash).
 */
export class NameTable {
  readonly isEmpty: boolean;
  readonly #numbers: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #rowMask: number;
  readonly #bits: Uint8Array;
  readonly #bitMask: number;
  readonly #unfit = new Map<string, number>();
  /** Whether any of those is no longer than the ones in rows. */
  #unfitIsShort = false;
  readonly #hash: (state: number) => number;

  /**
   * @param numberOf the number, not negative, of the nth of `names`, given what the same name had before or ABSENT.
   * @param hash for tests that make names collide.
   */
  constructor(names: readonly string[], numberOf: (nth: number, before: number) => number, hash = spread) {
    this.isEmpty = names.length === 0;
    // At most half full, so that a row asked for in vain is empty or has an empty one close behind.
    let rows = 2;
    while (rows < 2 * names.length) rows *= 2;
    this.#bytes = new Uint8Array(rows * ROW);
    this.#numbers = new Int32Array(this.#bytes.buffer);
    this.#rowMask = rows - 1;
    this.#bits = new Uint8Array(Math.ceil((rows * BITS_A_ROW) / 8));
    this.#bitMask = rows * BITS_A_ROW - 1;
    this.#hash = hash;
    names.forEach((name, nth) => {
      const number = (before: number) => numberOf(nth, before);
      if (fitsRow(name)) this.#enter(name, number);
      else this.#leave(name, number);
    });
  }

  /** @param state of `name` from `from` on. @returns that ending's number, or ABSENT. */
  find(name: string, from: number, state: number): number {
    if (name.length - from > LONGEST) return this.#findUnfit(name, from);
    const hash = this.#hash(state);
    const number = this.#mayHold(hash) ? this.#numberIn(this.#rowOf(name, from, hash)) : ABSENT;
    return number === ABSENT && this.#unfitIsShort ? this.#findUnfit(name, from) : number;
  }

  #findUnfit(name: string, from: number): number {
    return this.#unfit.size === 0 ? ABSENT : (this.#unfit.get(name.slice(from)) ?? ABSENT);
  }

  #leave(name: string, numberOf: (before: number) => number): void {
    this.#unfit.set(name, numberOf(this.#unfit.get(name) ?? ABSENT));
    if (name.length <= LONGEST) this.#unfitIsShort = true;
  }

  #enter(name: string, numberOf: (before: number) => number): void {
    const hash = this.#hash(stateOf(name));
    const bit = this.#bitOf(hash);
    this.#bits[bit >>> 3] = (this.#bits[bit >>> 3] ?? 0) | (1 << (bit & 7));
    const row = this.#rowOf(name, 0, hash);
    const filled = numberOf(this.#numberIn(row)) + 1;
    const at = row * ROW;
    this.#bytes[at + HASH] = hash >>> 24;
    this.#bytes[at + LENGTH] = name.length;
    for (let i = 0; i < name.length; i++) this.#bytes[at + CHARS + i] = name.charCodeAt(i);
    this.#numbers[row * ROW_WORDS] = filled;
  }

  #mayHold(hash: number): boolean {
    const bit = this.#bitOf(hash);
    return ((this.#bits[bit >>> 3] ?? 0) & (1 << (bit & 7))) !== 0;
  }

  /** Other bits of the hash than those that tell the row, as far as there are enough. */
  #bitOf(hash: number): number {
    return (hash >>> 8) & this.#bitMask;
  }

  #numberIn(row: number): number {
    return (this.#numbers[row * ROW_WORDS] ?? 0) - 1;
  }

  /** The row of that ending, or the empty one where it would have to stand. */
  #rowOf(name: string, from: number, hash: number): number {
    const numbers = this.#numbers;
    const bytes = this.#bytes;
    const length = name.length - from;
    let row = hash & this.#rowMask;
    while (numbers[row * ROW_WORDS] !== 0) {
      const at = row * ROW;
      if (bytes[at + HASH] === hash >>> 24 && bytes[at + LENGTH] === length && this.#holds(at, name, from)) break;
      row = (row + 1) & this.#rowMask;
    }
    return row;
  }

  /** Equal hashes are no proof: the characters are. */
  #holds(row: number, name: string, from: number): boolean {
    const bytes = this.#bytes;
    let at = row + CHARS;
    for (let i = from; i < name.length; i++) if (bytes[at++] !== name.charCodeAt(i)) return false;
    return true;
  }
}

/** Whether a byte holds every character, and a row all of them. */
function fitsRow(name: string): boolean {
  if (name.length > LONGEST) return false;
  for (let i = 0; i < name.length; i++) if (name.charCodeAt(i) > 0xff) return false;
  return true;
}
