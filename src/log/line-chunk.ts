const NEWLINE = 10;

/** Whole lines that are being written, perhaps in several pieces. */
export class LineChunk {
  readonly #bytes: Buffer;
  /** Bytes already written. */
  #written = 0;

  /** @param pieces of whole lines each, every line with its end. */
  constructor(pieces: readonly Uint8Array[]) {
    const [first, ...others] = pieces;
    this.#bytes =
      first !== undefined && others.length === 0
        ? Buffer.from(first.buffer, first.byteOffset, first.length)
        : Buffer.concat(pieces);
  }

  get rest(): Uint8Array {
    return this.#bytes.subarray(this.#written);
  }

  get isEmpty(): boolean {
    return this.#written === this.#bytes.length;
  }

  /** Notes that `count` more bytes were written. @returns how many lines that completed. */
  advance(count: number): number {
    const from = this.#written;
    this.#written = Math.min(from + count, this.#bytes.length);
    return countLines(this.#bytes.subarray(from, this.#written));
  }

  /** Gives up the line of which only a part was written. @returns how many lines that are, 0 or 1. */
  dropTornLine(): number {
    if (this.#written === 0 || this.#bytes[this.#written - 1] === NEWLINE) return 0;
    this.#written = this.#bytes.indexOf(NEWLINE, this.#written) + 1;
    return 1;
  }

  /** How many lines are not completely written. */
  countRest(): number {
    return countLines(this.#bytes.subarray(this.#written));
  }
}

function countLines(bytes: Uint8Array): number {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) lines += 1;
  return lines;
}
