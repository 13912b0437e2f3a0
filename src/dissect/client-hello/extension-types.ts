/** Of two words of bits. */
const LOW_TYPES = 64;

/**
 * The types of a ClientHello's extensions. Nearly all that clients send have low numbers, and to remember one of those
 * takes a bit; a hello is full of them, and each is looked for among those before it.
 */
export class ExtensionTypes {
  count = 0;
  readonly #low = [0, 0];
  readonly #others: number[] = [];

  has(type: number): boolean {
    return type < LOW_TYPES ? ((this.#low[type >> 5] ?? 0) & (1 << type)) !== 0 : this.#others.includes(type);
  }

  /** One that is not there yet. */
  add(type: number): void {
    this.count += 1;
    if (type < LOW_TYPES) this.#low[type >> 5] = (this.#low[type >> 5] ?? 0) | (1 << type);
    else this.#others.push(type);
  }
}
