import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findQueue } from '../../src/netfilter-queue/queue-status.ts';

const TABLE = `    0   4242     3 2  2048     7    11    99999  1
    1 4294963200     0 2  2048     0     0        0  1
`;

describe("the kernel's table of queues", () => {
  it('is read by queue number', () => {
    expect(findQueue(TABLE, 0)).toEqual({ queue: 0, portId: 4242, waiting: 3, queueDropped: 7, userDropped: 11 });
    expect(findQueue(TABLE, 1)?.portId).toBe(4294963200);
  });

  it.each([
    ['a queue nobody has bound', TABLE, 2],
    ['an empty table', '', 0],
    ['a line cut short', '0 4242 3 2', 0],
    ['a line with a word in it', '0 4242 3 2 2048 seven 11 99999 1', 0],
  ])('has nothing on %s', (_, table, queue) => {
    expect(findQueue(table, queue)).toBeNull();
  });

  it('of any text never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => void findQueue(text, 0)));
  });
});
