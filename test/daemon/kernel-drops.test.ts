import { expect, test } from 'vitest';
import { KernelDrops } from '../../src/daemon/kernel-drops.ts';

/** A kernel with queues 5 and 6, of which `drops` tells what it says: dropped in the queue, and on the way to the socket. */
function drops() {
  const said = new Map<number, readonly [number, number]>();
  const counted = new KernelDrops({ first: 5, count: 2 }, (queue) => {
    const [queueDropped, userDropped] = said.get(queue) ?? [];
    if (queueDropped === undefined || userDropped === undefined) return null;
    return { queue, portId: 1, waiting: 0, queueDropped, userDropped };
  });
  return { said, counted };
}

test('what the kernel dropped of all queues, wherever it did, is added up', () => {
  const { said, counted } = drops();
  said.set(5, [1, 20]).set(6, [300, 4000]).set(7, [50_000, 0]);
  expect(counted.count()).toBe(4321);
});

test('a queue the kernel says nothing of any more has dropped what it had when it last did', () => {
  const { said, counted } = drops();
  expect(counted.count()).toBe(0);
  said.set(5, [1, 0]).set(6, [2, 0]);
  expect(counted.count()).toBe(3);
  said.delete(5);
  said.set(6, [7, 0]);
  expect(counted.count()).toBe(8);
});

test('each drop is fresh once', () => {
  const { said, counted } = drops();
  said.set(5, [3, 0]);
  expect(counted.fresh()).toBe(3);
  expect(counted.fresh()).toBe(0);
  said.set(6, [0, 2]);
  expect(counted.count()).toBe(5);
  expect(counted.fresh()).toBe(2);
});
