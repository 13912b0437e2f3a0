import { expect, test } from 'vitest';
import { CHECK_MS, GivingWay } from '../../src/daemon/giving-way.ts';

/** A worker that is checked as it should be: what it had since the last check, and how the box is. */
class Watched {
  #nowMs = 1_000;
  #turns = 7;
  readonly #giving = new GivingWay(7);

  givesWay({ hadTurns = true, hasSpareTime = true, hasWork = true }): boolean {
    this.#nowMs += CHECK_MS;
    if (hadTurns) this.#turns += 3;
    return this.#giving.check(this.#turns, this.#nowMs, hasSpareTime, () => hasWork);
  }

  /** @param hadTurns while it takes its share. */
  standsForMs(hadTurns = true): number {
    const from = this.#nowMs;
    while (!this.givesWay({ hadTurns })) if (this.#nowMs - from > 3_600_000) return Number.POSITIVE_INFINITY;
    return this.#nowMs - from;
  }

  pass(ms: number): void {
    for (const until = this.#nowMs + ms; this.#nowMs < until; ) expect(this.givesWay({})).toBe(true);
  }
}

test('a worker gives way for as long as it gets turns and the processors have time to spare', () => {
  new Watched().pass(60_000);
});

test('where they have none it takes its share, and gives way again as soon as they have', () => {
  const worker = new Watched();
  worker.pass(1_000);
  for (let i = 0; i < 400; i += 1) expect(worker.givesWay({ hasSpareTime: false, hadTurns: i % 2 === 0 })).toBe(false);
  worker.pass(1_000);
});

test.each([1_000, 9_950, 20_000])(
  'kept waiting all the same it takes its share for ten seconds, after %i ms too',
  (ms) => {
    const worker = new Watched();
    worker.pass(ms);
    expect(worker.givesWay({ hadTurns: false })).toBe(false);
    expect(worker.standsForMs()).toBe(10_000);
    worker.pass(1_000);
  },
);

test('one that has nothing to do is not kept waiting', () => {
  const worker = new Watched();
  for (let i = 0; i < 100; i += 1) expect(worker.givesWay({ hadTurns: false, hasWork: false })).toBe(true);
  expect(worker.givesWay({ hadTurns: false })).toBe(false);
});

test('one that is still kept waiting goes on taking its share', () => {
  const worker = new Watched();
  worker.givesWay({ hadTurns: false });
  expect(worker.standsForMs(false)).toBe(Number.POSITIVE_INFINITY);
});
