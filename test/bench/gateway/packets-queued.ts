import { runIn } from '../../gateway/rig/namespaces.ts';
import type { Network } from './network.ts';

/** How many packets of the queues open now the kernel has handed over: the `id_sequence` column, summed. */
export function packetsQueued({ router }: Network): number {
  const lines = runIn(router, 'cat', ['/proc/net/netfilter/nfnetlink_queue']).trim().split('\n').filter(Boolean);
  return lines.reduce((sum, line) => sum + Number(line.trim().split(/\s+/)[7]), 0);
}
