import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { COUNTERS, Counters } from '../../src/log/counters.ts';

const NAMES = ['packets', 'flowsPending', 'lost'] as const;

describe('counters', () => {
  test('add up over all threads', () => {
    const counters = new Counters(NAMES, 2);
    const [one, other] = [counters.row(0), counters.row(1)];
    one.add('packets');
    one.add('packets', 4);
    other.add('packets', 10);
    one.set('flowsPending', 1);
    other.set('flowsPending', 3);
    other.add('flowsPending', -1);
    expect(NAMES.map((name) => counters.read(name))).toEqual([15, 3, 0]);
  });

  test('are seen by whoever holds their memory', () => {
    const counters = new Counters(NAMES, 1);
    counters.row(0).add('lost', 2);
    expect(new Counters(NAMES, 1, counters.memory).read('lost')).toBe(2);
  });

  test('lose nothing when threads count at the same time', async () => {
    const counters = new Counters(NAMES, 2);
    const times = 200_000;
    const work = `
      const { cells, times } = require('node:worker_threads').workerData;
      for (let n = 0; n < times; n += 1) cells[0] += 1;`;
    const cells = new Float64Array(counters.memory, NAMES.length * 8, NAMES.length);
    const worker = new Worker(work, { eval: true, workerData: { cells, times } });
    const done = new Promise((resolve, reject) => worker.once('exit', resolve).once('error', reject));
    const row = counters.row(0);
    for (let n = 0; n < times; n += 1) row.add('packets');
    await done;
    expect(counters.read('packets')).toBe(2 * times);
  });

  test('are summed up in one line without the zeros', () => {
    const counters = new Counters(NAMES, 1);
    expect(counters.summary()).toBe('nothing yet');
    counters.row(0).add('packets', 12);
    counters.row(0).set('flowsPending', 3);
    expect(counters.summary()).toBe('packets 12, flows pending 3');
  });

  test('have only as many rows as were asked for', () => {
    expect(() => new Counters(NAMES, 2).row(2)).toThrow(RangeError);
  });

  test('have names of their own', () => {
    expect(new Set(COUNTERS).size).toBe(COUNTERS.length);
  });
});
