import { AsciiText } from '../log/ascii-text.ts';

/** Lines are handed on in pieces of about this size: one write a line would take longer than the judging. */
const FLUSH_BYTES = 64 * 1024;

/** Standard output for many short lines. A reader that has gone away (`| head`) ends the output, not the program. */
export class OutputBuffer {
  readonly #stream: NodeJS.WriteStream;
  readonly #lines = new AsciiText(FLUSH_BYTES + 1024);
  #isGone = false;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    stream.on('error', () => {
      this.#isGone = true;
    });
  }

  /** Where the next line is to be written. */
  get line(): AsciiText {
    if (this.#lines.length >= FLUSH_BYTES) this.flush();
    return this.#lines;
  }

  /** Text of any characters, behind the lines. */
  write(text: string): void {
    this.flush();
    if (!this.#isGone) this.#stream.write(text);
  }

  flush(): void {
    if (this.#lines.length === 0) return;
    const bytes = this.#lines.take();
    if (!this.#isGone) this.#stream.write(bytes);
  }
}
