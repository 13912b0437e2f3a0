/** How often a worker has to be heard of, at the least. */
export const CHECK_MS = 50;
/** For how long a worker that was kept waiting does not give way. */
const FIRST_STAND_MS = 10_000;
/**
 * Each time that happens again it stands for twice as long, up to this, and starts anew once it was not kept waiting for
 * as long as it would stand next. The memory is short because standing costs the box: one whose processors were full for
 * a while forwards a tenth fewer connections a second for as long as a worker stands that could give way again.
 */
const LONGEST_STAND_MS = 60_000;

/**
 * Decides whether a worker gives way to all else on the box: as long as it gets its turns nevertheless. Where it does
 * not, because others want all there is of the processors, it takes the share it is due until they may have calmed down.
 */
export class GivingWay {
  #turns: number;
  #standsUntilMs = Number.NEGATIVE_INFINITY;
  #standMs = FIRST_STAND_MS;

  /** @param turns how many the worker has had. */
  constructor(turns: number) {
    this.#turns = turns;
  }

  /**
   * To be called every `CHECK_MS`.
   * @param turns how many the worker has had by now; it has some every `CHECK_MS` if it gets to run.
   * @param hasWork whether there is something it is needed for; asked only if it had no turn.
   * @returns whether it gives way from now on.
   */
  check(turns: number, nowMs: number, hasWork: () => boolean): boolean {
    const hadTurns = turns !== this.#turns;
    this.#turns = turns;
    if (nowMs < this.#standsUntilMs) return false;
    if (hadTurns || !hasWork()) {
      if (nowMs >= this.#standsUntilMs + this.#standMs) this.#standMs = FIRST_STAND_MS;
      return true;
    }
    this.#standsUntilMs = nowMs + this.#standMs;
    this.#standMs = Math.min(2 * this.#standMs, LONGEST_STAND_MS);
    return false;
  }
}
