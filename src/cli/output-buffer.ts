/** Text is handed on in pieces of about this size: one write a line would take longer than the judging. */
const FLUSH_CHARS = 64 * 1024;

/** Standard output for many short lines. A reader that has gone away (`| head`) ends the output, not the program. */
export class OutputBuffer {
  readonly #stream: NodeJS.WriteStream;
  #text = '';
  #isGone = false;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    stream.on('error', () => {
      this.#isGone = true;
    });
  }

  write(text: string): void {
    if (this.#isGone) return;
    this.#text += text;
    if (this.#text.length >= FLUSH_CHARS) this.flush();
  }

  flush(): void {
    if (!this.#isGone && this.#text !== '') this.#stream.write(this.#text);
    this.#text = '';
  }
}
