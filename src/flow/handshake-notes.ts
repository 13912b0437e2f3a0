/** Notes kept at once: as many as the fastest flood brings within some seconds, while a handshake needs a round trip. */
const BUCKETS = 2 ** 17;
/** A bucket holds two notes of two words: the flow's hash, and the sequence number its client's stream starts with. */
const WORDS_PER_NOTE = 2;
const WORDS_PER_BUCKET = 2 * WORDS_PER_NOTE;
/** In front of the buckets: the lock. */
const HEADER_WORDS = 1;
const FREE = 0;
const TAKEN = 1;
/** Taken, and somebody waits: only then is it worth waking anybody. */
const WANTED = 2;
/** A thread that was put to sleep while it held the lock holds it for a time slice. */
const WAIT_MS = 1;

/**
 * Where the clients' streams start, as the servers' SYN-ACKs said, by the hash of the flow's key. Threads share the
 * memory. The newest note of a flow counts; where a bucket is full the older note goes, and who asks for it is told
 * that nothing is known. Nobody can choose whose notes collide: see `FlowKey`.
 */
export class HandshakeNotes {
  readonly #words: Int32Array;

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory);
  }

  static memory(): SharedArrayBuffer {
    return new SharedArrayBuffer(4 * (HEADER_WORDS + BUCKETS * WORDS_PER_BUCKET));
  }

  /** Keeps other threads from reading and writing notes; nothing between this and `unlock` may throw. */
  lock(): void {
    const words = this.#words;
    if (Atomics.compareExchange(words, 0, FREE, TAKEN) === FREE) return;
    while (Atomics.exchange(words, 0, WANTED) !== FREE) Atomics.wait(words, 0, WANTED, WAIT_MS);
  }

  unlock(): void {
    if (Atomics.exchange(this.#words, 0, FREE) === WANTED) Atomics.notify(this.#words, 0, 1);
  }

  /** Forgets all: some were missed, and what stands here may be of connections before those. To be called while locked. */
  clear(): void {
    this.#words.fill(0, HEADER_WORDS);
  }

  /** @param start the sequence number of the client's first byte, 32 bits. To be called while locked. */
  note(hash: number, start: number): void {
    const words = this.#words;
    const at = placeOf(hash);
    const key = keyOf(hash);
    if (words[at] !== key) {
      words[at + 2] = words[at] ?? 0;
      words[at + 3] = words[at + 1] ?? 0;
      words[at] = key;
    }
    words[at + 1] = start | 0;
  }

  /** The sequence number noted last, unsigned; null where none is known. To be called while locked. */
  startOf(hash: number): number | null {
    const words = this.#words;
    const at = placeOf(hash);
    const key = keyOf(hash);
    if (words[at] === key) return (words[at + 1] ?? 0) >>> 0;
    if (words[at + 2] === key) return (words[at + 3] ?? 0) >>> 0;
    return null;
  }
}

function placeOf(hash: number): number {
  return HEADER_WORDS + (hash & (BUCKETS - 1)) * WORDS_PER_BUCKET;
}

/** Never 0, which marks an empty place. */
function keyOf(hash: number): number {
  return hash | 0 || 1;
}
