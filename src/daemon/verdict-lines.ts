import type { VerdictRecord } from '../judge/verdict-record.ts';
import { eveFormatter } from '../log/eve.ts';
import { DenialFold } from '../log/fold.ts';
import type { WorkerMessage } from './worker-message.ts';

/** A person who follows the log sees a verdict this much later at the most. */
const FLUSH_MS = 100;
/** So much of the log crosses to the main thread at a time, even in between. */
const CHUNK_BYTES = 64 * 1024;
const FOLD_CHECK_MS = 1_000;
const NEWLINE = 10;

/**
 * Turns verdicts into lines of the log and hands them to the main thread in bundles. A line becomes bytes at once:
 * text that waits would be garbage that every collection has to carry on.
 */
export class VerdictLines {
  readonly #unixMs: () => number;
  readonly #post: (message: WorkerMessage) => void;
  readonly #fold: DenialFold;
  #chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  #usedBytes = 0;
  #count = 0;
  #flushedAtMs = 0;
  #foldCheckedAtMs = 0;

  constructor(unixMs: () => number, post: (message: WorkerMessage) => void) {
    const format = eveFormatter();
    this.#unixMs = unixMs;
    this.#post = post;
    this.#fold = new DenialFold((record, count) => {
      this.#append(format(record, count));
    });
  }

  /** The judge's clock is not the calendar's: the line gets the time of day. */
  add(record: VerdictRecord): void {
    this.#fold.add({ ...record, atMs: this.#unixMs() });
  }

  flushIfDue(): void {
    const nowMs = this.#unixMs();
    if (Math.abs(nowMs - this.#foldCheckedAtMs) >= FOLD_CHECK_MS) {
      this.#foldCheckedAtMs = nowMs;
      this.#fold.closeExpired(nowMs);
    }
    if (this.#count > 0 && Math.abs(nowMs - this.#flushedAtMs) >= FLUSH_MS) this.#flush();
  }

  close(): void {
    this.#fold.closeAll();
    this.#flush();
  }

  #flush(): void {
    this.#flushedAtMs = this.#unixMs();
    if (this.#count === 0) return;
    this.#post({ kind: 'lines', bytes: this.#takeChunk(), count: this.#count });
    this.#usedBytes = 0;
    this.#count = 0;
  }

  /** What is handed over must not keep much more memory alive than it fills: a copy, or the chunk itself. */
  #takeChunk(): Uint8Array<ArrayBuffer> {
    const chunk = this.#chunk.subarray(0, this.#usedBytes);
    if (2 * this.#usedBytes < CHUNK_BYTES) return new Uint8Array(chunk);
    this.#chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    return chunk;
  }

  /** @param line printable ASCII. */
  #append(line: string): void {
    if (this.#usedBytes + line.length + 1 > this.#chunk.length) {
      this.#flush();
      if (line.length + 1 > CHUNK_BYTES) this.#chunk = Buffer.allocUnsafeSlow(line.length + 1);
    }
    this.#usedBytes += this.#chunk.write(line, this.#usedBytes, 'latin1');
    this.#chunk[this.#usedBytes] = NEWLINE;
    this.#usedBytes += 1;
    this.#count += 1;
  }
}
