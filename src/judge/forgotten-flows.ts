/** Notes kept at once: 2 MB or so, and more connections than a phone can open within the life of one. */
const MAX_NOTES = 65_536;

/**
 * Followed connections that are remembered no more but for one number. Bytes in front of what was seen mean nothing to
 * the server, or stand for others there, and nothing is left to compare them with: only what lies behind is read when
 * such a connection goes on. One without a note does not go on.
 */
export class ForgottenFlows {
  /** By the hash of the flow's key: the sequence number behind the furthest byte seen. The oldest note comes first. */
  readonly #seenEnds = new Map<number, number>();

  note(hash: number, seenEnd: number): void {
    this.#seenEnds.delete(hash);
    this.#seenEnds.set(hash, seenEnd);
    if (this.#seenEnds.size <= MAX_NOTES) return;
    for (const oldest of this.#seenEnds.keys()) {
      this.#seenEnds.delete(oldest);
      return;
    }
  }

  /** The same addresses and ports are used for another connection. */
  drop(hash: number): void {
    if (this.#seenEnds.size > 0) this.#seenEnds.delete(hash);
  }

  /** Whether a segment of a followed connection nobody remembers may be read as the next one. Takes the note away. */
  mayGoOn(hash: number, sequence: number): boolean {
    const seenEnd = this.#seenEnds.get(hash);
    if (seenEnd === undefined) return false;
    this.#seenEnds.delete(hash);
    return ((sequence - seenEnd) | 0) >= 0;
  }
}
