const NEWLINE = 10;

export interface Borrowed {
  readonly bytes: Uint8Array;
  /** Told when the bytes are not needed any more. */
  readonly whenDone: () => void;
}

/** Whole lines that are being written, perhaps in several pieces. */
export class LineChunk {
  readonly #bytes: Buffer;
  /** Bytes already written. */
  #written = 0;

  /** What is still borrowed. */
  readonly #whenDone: (() => void) | null;

  /** @param bundles of whole lines each, every line with its end. One alone is borrowed, several are copied. */
  constructor(bundles: readonly Borrowed[]) {
    const [first, ...others] = bundles;
    if (first !== undefined && others.length === 0) {
      this.#bytes = Buffer.from(first.bytes.buffer, first.bytes.byteOffset, first.bytes.length);
      this.#whenDone = first.whenDone;
    } else {
      this.#bytes = Buffer.concat(bundles.map(({ bytes }) => bytes));
      this.#whenDone = null;
      for (const { whenDone } of bundles) whenDone();
    }
  }

  /** To be called when nothing more of it will be written. */
  release(): void {
    this.#whenDone?.();
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
