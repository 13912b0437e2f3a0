import { expect, test } from 'vitest';
import { CHECK_MS, GivingWay } from '../../src/daemon/giving-way.ts';

/** A worker that is checked as it should be: how long it takes its share, once it was kept waiting at some check. */
class Watched {
  #nowMs = 1_000;
  #turns = 7;
  readonly #giving = new GivingWay(7);

  /** @param hadTurns since the last check. */
  givesWay(hadTurns: boolean, hasWork = true): boolean {
    this.#nowMs += CHECK_MS;
    if (hadTurns) this.#turns += 3;
    return this.#giving.check(this.#turns, this.#nowMs, () => hasWork);
  }

  /** @param hasTurns while it takes its share. */
  standsForMs(hasTurns = true): number {
    const from = this.#nowMs;
    while (!this.givesWay(hasTurns)) if (this.#nowMs - from > 3_600_000) return Number.POSITIVE_INFINITY;
    return this.#nowMs - from;
  }

  pass(ms: number): void {
    for (const until = this.#nowMs + ms; this.#nowMs < until; ) expect(this.givesWay(true)).toBe(true);
  }
}

test('a worker gives way for as long as it gets turns', () => {
  new Watched().pass(60_000);
});

test('one that gets none takes its share at the next check, for ten seconds', () => {
  const worker = new Watched();
  worker.pass(1_000);
  expect(worker.givesWay(false)).toBe(false);
  expect(worker.standsForMs()).toBe(10_000);
  worker.pass(1_000);
});

test('one that has nothing to do is not kept waiting', () => {
  const worker = new Watched();
  for (let i = 0; i < 100; i += 1) expect(worker.givesWay(false, false)).toBe(true);
  expect(worker.givesWay(false)).toBe(false);
});

test('the more often it is kept waiting, the longer it takes its share, up to a minute', () => {
  const worker = new Watched();
  const stands = Array.from({ length: 6 }, () => {
    worker.pass(5_000);
    worker.givesWay(false);
    return worker.standsForMs();
  });
  expect(stands).toEqual([10, 20, 40, 60, 60, 60].map((seconds) => seconds * 1000));
});

test.each([
  [39_950, 40_000],
  [40_000, 10_000],
])(
  'kept waiting after %i quiet ms behind standing for ten seconds and for twenty, it stands for %i',
  (quietMs, standsMs) => {
    const worker = new Watched();
    for (let i = 0; i < 2; i += 1) {
      worker.givesWay(false);
      worker.standsForMs();
    }
    worker.pass(quietMs);
    worker.givesWay(false);
    expect(worker.standsForMs()).toBe(standsMs);
  },
);

test('one that is still kept waiting when its time is over goes on taking its share', () => {
  const worker = new Watched();
  worker.givesWay(false);
  expect(worker.standsForMs(false)).toBe(Number.POSITIVE_INFINITY);
});
