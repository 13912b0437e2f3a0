/** Items in the order in which they were last seen, oldest first; every step costs the same however many there are. */
export class AgeList<Item extends { older: Item | null; newer: Item | null; lastSeenMs: number }> {
  #oldest: Item | null = null;
  #newest: Item | null = null;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get oldest(): Item | null {
    return this.#oldest;
  }

  /** Adds an item that is in no list. */
  add(item: Item, nowMs: number): void {
    item.lastSeenMs = nowMs;
    item.older = this.#newest;
    item.newer = null;
    if (this.#newest === null) this.#oldest = item;
    else this.#newest.newer = item;
    this.#newest = item;
    this.#size += 1;
  }

  /** Removes an item of this list. */
  remove(item: Item): void {
    if (item.older === null) this.#oldest = item.newer;
    else item.older.newer = item.newer;
    if (item.newer === null) this.#newest = item.older;
    else item.newer.older = item.older;
    item.older = null;
    item.newer = null;
    this.#size -= 1;
  }

  touch(item: Item, nowMs: number): void {
    if (item.lastSeenMs === nowMs || this.#newest === item) {
      item.lastSeenMs = nowMs;
      return;
    }
    this.remove(item);
    this.add(item, nowMs);
  }
}
