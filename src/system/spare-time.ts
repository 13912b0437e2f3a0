import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** How long is looked at in one piece: the kernel tells hundredths of a second. */
const WINDOW_MS = 500;
/** Less than this of all processors' time is none: nobody fills them to the last. */
const LEAST_SPARE_SHARE = 0.08;

/** Whether the processors have time to spare. */
export class SpareTime {
  readonly #processors: number;
  readonly #spareMs: () => number;
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #lastSpareMs = Number.NaN;
  #isThere = true;

  /** @param spareMs for tests. */
  constructor(processors = cpus().length, spareMs = spareMsSinceBoot) {
    this.#processors = processors;
    this.#spareMs = spareMs;
  }

  /**
   * Whether there was some in the last half second that is over; there is while that is not known.
   * @param nowMs of a clock that never jumps.
   */
  isThereAt(nowMs: number): boolean {
    const passedMs = nowMs - this.#askedAtMs;
    if (passedMs < WINDOW_MS) return this.#isThere;
    const spareMs = this.#spareMs();
    const isNone = spareMs - this.#lastSpareMs < LEAST_SPARE_SHARE * passedMs * this.#processors;
    this.#isThere = !isNone;
    this.#lastSpareMs = spareMs;
    this.#askedAtMs = nowMs;
    return this.#isThere;
  }
}

/** Of all processors together, by the second number of /proc/uptime (proc(5)); NaN where that cannot be read. */
function spareMsSinceBoot(): number {
  try {
    return Number(readFileSync('/proc/uptime', 'latin1').split(' ')[1]) * 1000;
  } catch {
    return Number.NaN;
  }
}
