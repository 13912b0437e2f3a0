import { FlowKey } from './flow-key.ts';

const INITIAL_CAPACITY = 16;
const NONE = -1;
/** A slot's numbers stand side by side, so that a look-up reads a line or two of memory. */
const HASH = 0;
/** The next slot of the same bucket, or of the free ones. */
const NEXT = 1;
/** Where the key's words begin. */
const WORDS = 2;
const ROW = WORDS + FlowKey.MOST_WORDS;

/** A hash table from flow keys to values that allocates nothing on a look-up. Keys are stored by value. */
export class FlowTable<Value> {
  readonly #bucketsPerSlot: number;
  #capacity = INITIAL_CAPACITY;
  #rows = new Int32Array(INITIAL_CAPACITY * ROW);
  #buckets: Int32Array;
  readonly #values: (Value | undefined)[] = [];
  #firstFree = NONE;
  #size = 0;

  /**
   * @param bucketsPerSlot a power of two. With 4, a key that is not here is seldom compared with another: worth it where
   * most are not, and the slots are too many for the processor's caches.
   */
  constructor(bucketsPerSlot: 1 | 4 = 1) {
    this.#bucketsPerSlot = bucketsPerSlot;
    this.#buckets = new Int32Array(INITIAL_CAPACITY * bucketsPerSlot).fill(NONE);
  }

  get size(): number {
    return this.#size;
  }

  get(key: FlowKey): Value | undefined {
    const rows = this.#rows;
    let slot = this.#buckets[key.hash & (this.#buckets.length - 1)] ?? NONE;
    while (slot !== NONE) {
      const row = slot * ROW;
      if (rows[row + HASH] === key.hash && this.#holds(row + WORDS, key)) return this.#values[slot];
      slot = rows[row + NEXT] ?? NONE;
    }
    return undefined;
  }

  /** Adds a key that is not in the table. Returns its slot, by which it can be removed. */
  add(key: FlowKey, value: Value): number {
    const slot = this.#takeSlot();
    const rows = this.#rows;
    const row = slot * ROW;
    for (let i = 0; i < key.length; i += 1) rows[row + WORDS + i] = key.words[i] ?? 0;
    rows[row + HASH] = key.hash;
    this.#values[slot] = value;
    this.#link(slot);
    this.#size += 1;
    return slot;
  }

  /** Removes what `add` put into the slot. */
  remove(slot: number): void {
    const rows = this.#rows;
    const next = slot * ROW + NEXT;
    const bucket = (rows[slot * ROW + HASH] ?? 0) & (this.#buckets.length - 1);
    let at = this.#buckets[bucket] ?? NONE;
    if (at === slot) {
      this.#buckets[bucket] = rows[next] ?? NONE;
    } else {
      while (rows[at * ROW + NEXT] !== slot) at = rows[at * ROW + NEXT] ?? NONE;
      rows[at * ROW + NEXT] = rows[next] ?? NONE;
    }
    this.#values[slot] = undefined;
    rows[next] = this.#firstFree;
    this.#firstFree = slot;
    this.#size -= 1;
  }

  *values(): Generator<Value> {
    for (const value of this.#values) if (value !== undefined) yield value;
  }

  #holds(at: number, { words, length }: FlowKey): boolean {
    const rows = this.#rows;
    for (let i = 0; i < length; i += 1) if (rows[at + i] !== words[i]) return false;
    return true;
  }

  #takeSlot(): number {
    const free = this.#firstFree;
    if (free !== NONE) {
      this.#firstFree = this.#rows[free * ROW + NEXT] ?? NONE;
      return free;
    }
    if (this.#values.length === this.#capacity) this.#grow();
    this.#values.push(undefined);
    return this.#values.length - 1;
  }

  #link(slot: number): void {
    const bucket = (this.#rows[slot * ROW + HASH] ?? 0) & (this.#buckets.length - 1);
    this.#rows[slot * ROW + NEXT] = this.#buckets[bucket] ?? NONE;
    this.#buckets[bucket] = slot;
  }

  /** Only called when every slot is taken. */
  #grow(): void {
    const taken = this.#capacity;
    const rows = this.#rows;
    this.#capacity *= 2;
    this.#rows = new Int32Array(this.#capacity * ROW);
    this.#rows.set(rows);
    this.#buckets = new Int32Array(this.#capacity * this.#bucketsPerSlot).fill(NONE);
    for (let slot = 0; slot < taken; slot += 1) this.#link(slot);
  }
}
