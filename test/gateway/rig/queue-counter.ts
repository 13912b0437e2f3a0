import { runIn } from './namespaces.ts';

/**
 * How many packets the kernel has handed to user space by the queues that are open now in a namespace: the sum of the
 * `id_sequence` column of /proc/net/netfilter/nfnetlink_queue.
 */
export function packetsQueued(namespace: string): number {
  const queues = runIn(namespace, 'cat', ['/proc/net/netfilter/nfnetlink_queue']).trim().split('\n').filter(Boolean);
  return queues.reduce((sum, line) => sum + Number(line.trim().split(/\s+/)[7]), 0);
}
