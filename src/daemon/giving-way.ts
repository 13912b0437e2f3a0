/** How often a worker has to be heard of, at the least. */
export const CHECK_MS = 125;
/** For how long a worker that was kept waiting does not give way. */
const STAND_MS = 10_000;

/**
 * Decides whether a worker gives way to all else on the box. It does while the processors have time to spare, and it
 * gets its turns nevertheless: then others are not held up by it. Where they are full it would only ever run when
 * nothing else can, with all that waits for it; so it takes the share it is due. It also does for a while where it was
 * kept waiting on a box that has time to spare, but not where it runs.
 */
export class GivingWay {
  #turns: number;
  #standsUntilMs = Number.NEGATIVE_INFINITY;

  /** @param turns how many the worker has had. */
  constructor(turns: number) {
    this.#turns = turns;
  }

  /**
   * To be called every `CHECK_MS`.
   * @param turns how many the worker has had by now; it has some every `CHECK_MS` if it gets to run.
   * @param hasSpareTime whether the processors have.
   * @param hasWork whether there is something it is needed for; asked only if it had no turn.
   * @returns whether it gives way from now on.
   */
  check(turns: number, nowMs: number, hasSpareTime: boolean, hasWork: () => boolean): boolean {
    const hadTurns = turns !== this.#turns;
    this.#turns = turns;
    if (hasSpareTime && !hadTurns && hasWork()) this.#standsUntilMs = nowMs + STAND_MS;
    return hasSpareTime && nowMs >= this.#standsUntilMs;
  }
}
