const NEWLINE = 10;

/** Whole lines, each with its end. */
export interface Bundle {
  /** Borrowed. */
  readonly bytes: Uint8Array;
  readonly lines: number;
  /** Told when the bytes are not needed any more. */
  readonly whenDone: () => void;
}

/** Whole lines that are being written, perhaps in several pieces. */
export class LineChunk {
  readonly #bytes: Buffer;
  /** Bytes already written. */
  #written = 0;
  /** Lines that are not completely written. */
  #linesLeft: number;
  /** What is still borrowed. */
  readonly #whenDone: (() => void) | null;

  /** @param bundles of which one alone is borrowed, and several are copied. */
  constructor(bundles: readonly Bundle[]) {
    this.#linesLeft = bundles.reduce((sum, { lines }) => sum + lines, 0);
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

  /** How many lines are not completely written. */
  get linesLeft(): number {
    return this.#linesLeft;
  }

  /** Notes that `count` more bytes were written. @returns how many lines that completed. */
  advance(count: number): number {
    const from = this.#written;
    this.#written = Math.min(from + count, this.#bytes.length);
    const lines = this.isEmpty ? this.#linesLeft : countLines(this.#bytes.subarray(from, this.#written));
    this.#linesLeft -= lines;
    return lines;
  }

  /** Gives up the line of which only a part was written. @returns how many lines that are, 0 or 1. */
  dropTornLine(): number {
    if (this.#written === 0 || this.#bytes[this.#written - 1] === NEWLINE) return 0;
    this.#written = this.#bytes.indexOf(NEWLINE, this.#written) + 1;
    this.#linesLeft -= 1;
    return 1;
  }
}

function countLines(bytes: Uint8Array): number {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) lines += 1;
  return lines;
}
