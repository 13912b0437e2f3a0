/** Puts up to `length` bytes into `into` from `at` on; answers how many, 0 at the end of the file. */
export type ReadBytes = (into: Uint8Array, at: number, length: number) => number;

/** Twice the largest thing that has to stand in the window as a whole, so that refills stay rare. */
const WINDOW_BYTES = 1024 * 1024;

/**
 * A window that slides over a file from its start to its end. One buffer for the whole file; what stands at `at`
 * moves whenever `need` or `skip` read on.
 */
export class FileWindow {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Index in `bytes` of the first byte not passed yet. */
  at = 0;
  #end = 0;
  /** Offset in the file of bytes[0]. */
  #base = 0;
  readonly #read: ReadBytes;
  readonly #onRead: ((bytesRead: number) => void) | null;

  constructor(read: ReadBytes, onRead: ((bytesRead: number) => void) | null = null) {
    const buffer = new ArrayBuffer(WINDOW_BYTES);
    this.bytes = new Uint8Array(buffer);
    this.view = new DataView(buffer);
    this.#read = read;
    this.#onRead = onRead;
  }

  /** Offset in the file of the first byte not passed yet. */
  get offset(): number {
    return this.#base + this.at;
  }

  /** How many bytes are at hand without reading on. */
  get available(): number {
    return this.#end - this.at;
  }

  /**
   * Makes the next `length` bytes stand contiguous from `at` on; false when the file ends before that.
   * `length` is at most half a window.
   */
  need(length: number): boolean {
    return this.#end - this.at >= length || this.#fill(length);
  }

  /** Passes `length` bytes, however many; false when the file ends before that. */
  skip(length: number): boolean {
    let left = length;
    while (left > this.#end - this.at) {
      left -= this.#end - this.at;
      this.at = this.#end;
      if (!this.#fill(1)) return false;
    }
    this.at += left;
    return true;
  }

  #fill(length: number): boolean {
    this.bytes.copyWithin(0, this.at, this.#end);
    this.#base += this.at;
    this.#end -= this.at;
    this.at = 0;
    while (this.#end < length) {
      const got = this.#read(this.bytes, this.#end, WINDOW_BYTES - this.#end);
      if (got <= 0) return false;
      this.#end += got;
      this.#onRead?.(this.#base + this.#end);
    }
    return true;
  }
}
