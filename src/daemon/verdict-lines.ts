import type { VerdictRecord } from '../judge/verdict-record.ts';
import { AsciiText } from '../log/ascii-text.ts';
import { eveWriter } from '../log/eve.ts';
import { DenialFold } from '../log/fold.ts';
import { BUNDLE_BYTES, type WorkerMessage } from './worker-message.ts';

/** A person who follows the log sees a verdict this much later at the most. */
const FLUSH_MS = 100;
const ORDINARY_LINE_BYTES = 1024;
const FOLD_CHECK_MS = 1_000;

/** Turns verdicts into lines of the log and hands them to the main thread in bundles. */
export class VerdictLines {
  readonly #unixMs: () => number;
  readonly #post: (message: WorkerMessage) => void;
  readonly #fold: DenialFold;
  readonly #lines: AsciiText;
  #count = 0;
  #isForgetting = false;
  #flushedAtMs = 0;
  #foldCheckedAtMs = 0;

  /** @param memoryOf gives the memory of a bundle. */
  constructor(unixMs: () => number, post: (message: WorkerMessage) => void, memoryOf?: (bytes: number) => Uint8Array) {
    this.#lines = new AsciiText(BUNDLE_BYTES, memoryOf);
    const writeLine = eveWriter();
    this.#unixMs = unixMs;
    this.#post = post;
    this.#fold = new DenialFold((record, count, atMs) => {
      writeLine(this.#lines, record, count, atMs);
      this.#count += 1;
      if (this.#lines.length > BUNDLE_BYTES - ORDINARY_LINE_BYTES) this.#flush();
    });
  }

  /** The judge's clock is not the calendar's: the line gets the time of day. */
  add(record: VerdictRecord): void {
    // A denial would be remembered, to be counted with others like it.
    if (this.#isForgetting && record.action === 'drop') return;
    this.#fold.add(record, this.#unixMs());
  }

  /** Whether what is added now is forgotten. */
  get areForgotten(): boolean {
    return this.#isForgetting;
  }

  /** What is added while `act` runs is written as ever, and then thrown away. */
  forget(act: () => void): void {
    this.#flush();
    this.#isForgetting = true;
    act();
    this.#isForgetting = false;
    this.#lines.clear();
    this.#count = 0;
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
    this.#post({ kind: 'lines', bytes: this.#lines.take(), count: this.#count });
    this.#count = 0;
  }
}
