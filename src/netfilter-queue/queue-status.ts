import { readFileSync } from 'node:fs';

/** What the kernel says of one queue. */
export interface QueueStatus {
  readonly queue: number;
  /** The netlink port that has bound the queue: mostly the process id of its owner. */
  readonly portId: number;
  /** Packets waiting for a verdict now. */
  readonly waiting: number;
  /** Packets dropped because `maxLength` of them were waiting. */
  readonly queueDropped: number;
  /** Packets dropped because the socket's receive buffer had no room for their message. */
  readonly userDropped: number;
}

/** The calling thread's own network namespace; `/proc/net` would be that of the process. */
const STATUS_FILE = '/proc/thread-self/net/netfilter/nfnetlink_queue';

/** @returns null when the queue is not bound, or the file cannot be read. */
export function readQueueStatus(queue: number): QueueStatus | null {
  try {
    return findQueue(readFileSync(STATUS_FILE, 'latin1'), queue);
  } catch {
    return null;
  }
}

/**
 * Columns: queue, port id, waiting, copy mode, copy range, dropped in the queue, dropped on the way to the socket,
 * last packet id, 1. Source: seq_show() in the kernel's net/netfilter/nfnetlink_queue.c.
 */
export function findQueue(table: string, wanted: number): QueueStatus | null {
  for (const line of table.split('\n')) {
    const columns = line.trim().split(/\s+/).map(Number);
    const [queue, portId, waiting, , , queueDropped, userDropped] = columns;
    if (queue !== wanted || portId === undefined || waiting === undefined) continue;
    if (queueDropped === undefined || userDropped === undefined || columns.some(Number.isNaN)) continue;
    return { queue, portId, waiting, queueDropped, userDropped };
  }
  return null;
}
