const NEWLINE = 10;

/** A line of the log has a few hundred bytes; what is longer than this is no log, and is cut into pieces. */
export const MAX_LINE_BYTES = 1024 * 1024;

/** Cuts bytes that come in pieces into lines, without their ends. Keeps what is not a whole line yet. */
export class LineSplitter {
  #rest: Buffer = Buffer.alloc(0);

  /** Bytes that are waiting for the end of their line. */
  get restBytes(): number {
    return this.#rest.length;
  }

  push(bytes: Uint8Array): string[] {
    const all = this.#rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#rest, bytes]);
    const lines: string[] = [];
    let from = 0;
    for (let end = all.indexOf(NEWLINE); end >= 0; end = all.indexOf(NEWLINE, from)) {
      lines.push(all.toString('utf8', from, end));
      from = end + 1;
    }
    this.#rest = all.subarray(from);
    if (this.#rest.length > MAX_LINE_BYTES) lines.push(...this.finish());
    return lines;
  }

  /** What is left when nothing more comes: the last line without its end, or nothing. */
  finish(): string[] {
    const rest = this.#rest.toString();
    this.#rest = Buffer.alloc(0);
    return rest === '' ? [] : [rest];
  }
}
