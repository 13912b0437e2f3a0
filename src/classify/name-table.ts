import { spread, stateOf } from './name-hash.ts';

/** What the table answers for a name that is not in it. */
export const ABSENT = -1;

/** A row's four 32-bit numbers; four rows lie in one line of the processor's cache. */
const ROW = 4;
const HASH = 0;
/** Where the name begins among all names' characters. */
const START = 1;
const LENGTH = 2;
/** One more than the name's number, so that an untouched row is an empty one. */
const FILLED = 3;

/**
 * Names and a number for each, in one flat array of rows found by hash (open addressing) and one string of all names.
 * A look-up reads one line of memory, and a second one to make sure of a name whose hash is there. A `Map` reads several,
 * each found through the one before, and once the list is long none of them is in a cache.
 */
export class NameTable {
  readonly isEmpty: boolean;
  readonly #rows: Int32Array;
  readonly #text: string;
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
    this.#rows = new Int32Array(rows * ROW);
    this.#text = names.join('');
    this.#hash = hash;
    let start = 0;
    names.forEach((name, nth) => {
      const hashed = hash(stateOf(name));
      const row = this.#rowOf(name, 0, hashed);
      const filled = numberOf(nth, (this.#rows[row + FILLED] ?? 0) - 1) + 1;
      this.#rows.set([hashed, start, name.length, filled], row);
      start += name.length;
    });
  }

  /** @param state of `name` from `from` on. @returns that ending's number, or ABSENT. */
  find(name: string, from: number, state: number): number {
    return (this.#rows[this.#rowOf(name, from, this.#hash(state)) + FILLED] ?? 0) - 1;
  }

  /** Where the row of that ending begins, or the empty one where it would have to stand. */
  #rowOf(name: string, from: number, hash: number): number {
    const rows = this.#rows;
    let row = (hash * ROW) & (rows.length - 1);
    while (rows[row + FILLED] !== 0 && !(rows[row + HASH] === hash && this.#holds(row, name, from))) {
      row = (row + ROW) & (rows.length - 1);
    }
    return row;
  }

  /** Equal hashes are no proof: the characters are. */
  #holds(row: number, name: string, from: number): boolean {
    const text = this.#text;
    const start = this.#rows[row + START] ?? 0;
    const length = this.#rows[row + LENGTH] ?? 0;
    if (length !== name.length - from) return false;
    for (let at = 0; at < length; at++) {
      if (text.charCodeAt(start + at) !== name.charCodeAt(from + at)) return false;
    }
    return true;
  }
}
