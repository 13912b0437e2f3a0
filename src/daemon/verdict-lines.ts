import type { VerdictRecord } from '../judge/verdict-record.ts';
import { AsciiText } from '../log/ascii-text.ts';
import { eveWriter } from '../log/eve.ts';
import { DenialFold } from '../log/fold.ts';
import { BUNDLE_BYTES, type WorkerMessage } from './worker-message.ts';

/** While there is much to say, a person who follows the log sees a verdict this much later at the most. */
const FLUSH_MS = 250;
/** So many verdicts are written before the lines are due: enough of them to be quick, few enough to be done soon. */
const ENOUGH_WAITING = 256;
const ORDINARY_LINE_BYTES = 1024;
/** So much is rather copied than put where two threads see it. */
const LITTLE_BYTES = BUNDLE_BYTES / 16;
const FOLD_CHECK_MS = 1_000;

export interface Clocks {
  /** The time of day, in Unix time. */
  readonly unixMs: () => number;
  /** The clock of the judge's packets. */
  readonly judgeMs: () => number;
}

/**
 * Turns verdicts into lines of the log and hands them to the main thread in bundles. Many are written at a time: what
 * writes them has left the processor's caches whenever a packet has come in between.
 */
export class VerdictLines {
  readonly #clocks: Clocks;
  readonly #post: (message: WorkerMessage) => void;
  readonly #fold: DenialFold;
  readonly #memoryOf: (bytes: number) => Uint8Array;
  /**
   * Not where they cross to the main thread: what is copied to memory that another thread may read is copied byte by
   * byte, unless it lies there as it did here.
   */
  readonly #lines = new AsciiText();
  #waiting: VerdictRecord[] = [];
  #count = 0;
  #isForgetting = false;
  /** What the calendar is ahead of the judge's clock; told anew now and then, for it may be set. */
  #aheadMs: number;
  #flushedAtMs = 0;
  #foldCheckedAtMs = 0;

  /** @param memoryOf gives the memory of a bundle, of so many bytes at the least. */
  constructor(
    clocks: Clocks,
    post: (message: WorkerMessage) => void,
    memoryOf = (bytes: number): Uint8Array => new Uint8Array(bytes),
  ) {
    this.#memoryOf = memoryOf;
    const writeLine = eveWriter();
    this.#clocks = clocks;
    this.#post = post;
    this.#aheadMs = clocks.unixMs() - clocks.judgeMs();
    this.#fold = new DenialFold((record, count, atMs) => {
      writeLine(this.#lines, record, count, atMs);
      this.#count += 1;
      if (this.#lines.length > BUNDLE_BYTES - ORDINARY_LINE_BYTES) this.#send();
    });
  }

  /** The judge's clock is not the calendar's: the line gets the time of day. */
  add(record: VerdictRecord): void {
    // A denial would be remembered, to be counted with others like it.
    if (this.#isForgetting && record.action === 'drop') return;
    this.#waiting.push(record);
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
    this.#write();
    this.#isForgetting = false;
    this.#lines.clear();
    this.#count = 0;
  }

  /** To be called several times a second at the least, for until then verdicts only wait. */
  flushIfDue(): void {
    const nowMs = this.#clocks.unixMs();
    this.#aheadMs = nowMs - this.#clocks.judgeMs();
    if (Math.abs(nowMs - this.#foldCheckedAtMs) >= FOLD_CHECK_MS) {
      this.#foldCheckedAtMs = nowMs;
      this.#fold.closeExpired(nowMs);
    }
    if (this.#waiting.length >= ENOUGH_WAITING) this.#write();
    const hasSome = this.#waiting.length > 0 || this.#count > 0;
    if (hasSome && Math.abs(nowMs - this.#flushedAtMs) >= FLUSH_MS) this.#flush();
  }

  close(): void {
    this.#write();
    this.#fold.closeAll();
    this.#send();
  }

  #write(): void {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    for (const record of waiting) this.#fold.add(record, record.atMs + this.#aheadMs);
  }

  #flush(): void {
    this.#write();
    this.#flushedAtMs = this.#clocks.unixMs();
    this.#send();
  }

  #send(): void {
    if (this.#count === 0) return;
    const length = this.#lines.length;
    const isLittle = length < LITTLE_BYTES;
    const bytes = isLittle ? this.#lines.take() : this.#lines.take(this.#memoryOf(Math.max(length, BUNDLE_BYTES)));
    this.#post({ kind: 'lines', bytes, count: this.#count });
    this.#count = 0;
  }
}
