import type { FileHandle } from 'node:fs/promises';
import { LineSplitter } from './line-splitter.ts';

const READ_BYTES = 64 * 1024;

/** A file that others append to, read line by line from an offset on. Where it was truncated, from its start. */
export class GrowingFile {
  readonly #file: FileHandle;
  readonly #block = new Uint8Array(READ_BYTES);
  #splitter = new LineSplitter();
  #at: number;

  constructor(file: FileHandle, at: number) {
    this.#file = file;
    this.#at = at;
  }

  /** The lines that have become whole since the last call. */
  async *newLines(): AsyncGenerator<string[]> {
    const { size } = await this.#file.stat();
    if (size < this.#at) {
      this.#at = 0;
      this.#splitter = new LineSplitter();
    }
    for (;;) {
      const { bytesRead } = await this.#file.read(this.#block, 0, READ_BYTES, this.#at);
      if (bytesRead === 0) return;
      this.#at += bytesRead;
      yield this.#splitter.push(this.#block.subarray(0, bytesRead));
    }
  }

  /** The last line where it has no end. */
  unfinishedLine(): string[] {
    return this.#splitter.finish();
  }
}
