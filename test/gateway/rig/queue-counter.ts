import { runIn } from './namespaces.ts';
import type { Rig } from './rig.ts';

/**
 * How many packets the gateway's kernel has handed to user space so far: the sum of the `id_sequence` column of
 * /proc/net/netfilter/nfnetlink_queue.
 */
export function packetsQueued(rig: Rig): number {
  const queues = runIn(rig.gateway, 'cat', ['/proc/net/netfilter/nfnetlink_queue']).trim().split('\n').filter(Boolean);
  return queues.reduce((sum, line) => sum + Number(line.trim().split(/\s+/)[7]), 0);
}
