import { FlowKey } from './flow-key.ts';

const INITIAL_CAPACITY = 1024;
const NONE = -1;

/** A hash table from flow keys to values that allocates nothing on a look-up. Keys are stored by value. */
export class FlowTable<Value> {
  #capacity = INITIAL_CAPACITY;
  #keys = new Int32Array(INITIAL_CAPACITY * FlowKey.WORDS);
  #hashes = new Int32Array(INITIAL_CAPACITY);
  #next = new Int32Array(INITIAL_CAPACITY);
  #buckets = new Int32Array(INITIAL_CAPACITY).fill(NONE);
  readonly #values: (Value | undefined)[] = [];
  #firstFree = NONE;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(key: FlowKey): Value | undefined {
    for (let slot = this.#bucket(key.hash); slot !== NONE; slot = this.#next[slot] ?? NONE) {
      if (this.#hashes[slot] === key.hash && this.#holds(slot, key.words)) return this.#values[slot];
    }
    return undefined;
  }

  /** Adds a key that is not in the table. Returns its slot, by which it can be removed. */
  add(key: FlowKey, value: Value): number {
    const slot = this.#takeSlot();
    this.#keys.set(key.words, slot * FlowKey.WORDS);
    this.#hashes[slot] = key.hash;
    this.#values[slot] = value;
    this.#link(slot);
    this.#size += 1;
    return slot;
  }

  /** Removes what `add` put into the slot. */
  remove(slot: number): void {
    const bucket = (this.#hashes[slot] ?? 0) & (this.#capacity - 1);
    let at = this.#buckets[bucket] ?? NONE;
    if (at === slot) {
      this.#buckets[bucket] = this.#next[slot] ?? NONE;
    } else {
      while (this.#next[at] !== slot) at = this.#next[at] ?? NONE;
      this.#next[at] = this.#next[slot] ?? NONE;
    }
    this.#values[slot] = undefined;
    this.#next[slot] = this.#firstFree;
    this.#firstFree = slot;
    this.#size -= 1;
  }

  *values(): Generator<Value> {
    for (const value of this.#values) if (value !== undefined) yield value;
  }

  #bucket(hash: number): number {
    return this.#buckets[hash & (this.#capacity - 1)] ?? NONE;
  }

  #holds(slot: number, words: Int32Array): boolean {
    const keys = this.#keys;
    const at = slot * FlowKey.WORDS;
    for (let i = FlowKey.WORDS - 1; i >= 0; i -= 1) if (keys[at + i] !== words[i]) return false;
    return true;
  }

  #takeSlot(): number {
    const free = this.#firstFree;
    if (free !== NONE) {
      this.#firstFree = this.#next[free] ?? NONE;
      return free;
    }
    if (this.#values.length === this.#capacity) this.#grow();
    this.#values.push(undefined);
    return this.#values.length - 1;
  }

  #link(slot: number): void {
    const bucket = (this.#hashes[slot] ?? 0) & (this.#capacity - 1);
    this.#next[slot] = this.#buckets[bucket] ?? NONE;
    this.#buckets[bucket] = slot;
  }

  /** Only called when every slot is taken. */
  #grow(): void {
    const taken = this.#capacity;
    this.#capacity *= 2;
    this.#keys = enlarged(this.#keys, this.#capacity * FlowKey.WORDS);
    this.#next = enlarged(this.#next, this.#capacity);
    this.#hashes = enlarged(this.#hashes, this.#capacity);
    this.#buckets = new Int32Array(this.#capacity).fill(NONE);
    for (let slot = 0; slot < taken; slot += 1) this.#link(slot);
  }
}

function enlarged(words: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(length);
  copy.set(words);
  return copy;
}
