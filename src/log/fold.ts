import { nameOf } from '../dissect/facts.ts';
import type { VerdictRecord } from '../judge/verdict-record.ts';

/** Takes a verdict, how many alike it stands for, and when the last of them was given, in Unix time. */
export type EmitVerdict = (record: VerdictRecord, count: number, atMs: number) => void;

/** A phone that is refused tries again within seconds; a line a minute tells as much as sixty. */
export const FOLD_WINDOW_MS = 60_000;

/**
 * Denials remembered at once. Each holds what was recognised, which may be a request line of 16 KiB, so this is
 * 16 MiB at the very most. When there are more, the oldest is written out early.
 */
export const MAX_FOLDED_DENIALS = 1024;

interface Repeats {
  readonly openedAtMs: number;
  /** How many came after the first, and the last of them. */
  count: number;
  last: VerdictRecord;
  lastAtMs: number;
}

/**
 * Folds repeats of a denial – same client, server, port, protocol, name and reason – into one line: the first is
 * emitted at once, those that follow within the window as one, with their number, when it closes. The numbers of
 * all that is emitted add up to all that was added. What is allowed passes straight through. Time is that of
 * `add` and `closeExpired`; a window also closes where time jumps back by its length.
 */
export class DenialFold {
  readonly #emit: EmitVerdict;
  readonly #windowMs: number;
  readonly #maxDenials: number;
  /** In the order in which their windows opened. */
  readonly #open = new Map<string, Repeats>();

  constructor(emit: EmitVerdict, windowMs = FOLD_WINDOW_MS, maxDenials = MAX_FOLDED_DENIALS) {
    this.#emit = emit;
    this.#windowMs = windowMs;
    this.#maxDenials = maxDenials;
  }

  add(record: VerdictRecord, atMs: number): void {
    if (record.action === 'allow') {
      this.#emit(record, 1, atMs);
      return;
    }
    this.closeExpired(atMs);
    const key = keyOf(record);
    const repeats = this.#open.get(key);
    if (repeats !== undefined && !this.#isOver(repeats, atMs)) {
      repeats.count += 1;
      repeats.last = record;
      repeats.lastAtMs = atMs;
      return;
    }
    if (repeats !== undefined) this.#close(key, repeats);
    if (this.#open.size >= this.#maxDenials) this.#closeOldest();
    this.#emit(record, 1, atMs);
    this.#open.set(key, { openedAtMs: atMs, count: 0, last: record, lastAtMs: atMs });
  }

  /** Writes out what has been waiting for its window's whole length. To be called every few seconds. */
  closeExpired(nowMs: number): void {
    for (const [key, repeats] of this.#open) {
      if (!this.#isOver(repeats, nowMs)) return;
      this.#close(key, repeats);
    }
  }

  /** Writes out all that waits, at shutdown. */
  closeAll(): void {
    for (const [key, repeats] of this.#open) this.#close(key, repeats);
  }

  #isOver(repeats: Repeats, nowMs: number): boolean {
    const openMs = nowMs - repeats.openedAtMs;
    return Math.abs(openMs) >= this.#windowMs;
  }

  #closeOldest(): void {
    for (const [key, repeats] of this.#open) {
      this.#close(key, repeats);
      return;
    }
  }

  #close(key: string, { count, last, lastAtMs }: Repeats): void {
    this.#open.delete(key);
    if (count > 0) this.#emit(last, count, lastAtMs);
  }
}

/** Two records have the same key exactly if they are the same denial: addresses of one family, then words, then the name. */
function keyOf({ addresses, addressBytes, destinationPort, protocol, reason, facts }: VerdictRecord): string {
  const name = facts === null ? null : nameOf(facts);
  const named = name === null ? '' : `=${name}`;
  let key = '';
  for (let i = 0; i < 2 * addressBytes; i += 1) key += String.fromCharCode(addresses[i] ?? 0);
  return `${key}${destinationPort} ${protocol} ${reason} ${named}`;
}
