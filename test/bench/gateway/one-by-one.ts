import { runToEnd } from '../../gateway/rig/run-to-end.ts';
import type { Network } from './network.ts';

/**
 * Requests by curl, each on a connection of its own that runs to its end: those that wrk cuts off send a packet more,
 * which has to be judged. @returns how many connections there were.
 */
export async function oneByOne({ client }: Network, url: string, requests: number): Promise<number> {
  const each = `${url}?[1-${requests}]`;
  const args = [
    '-s',
    '-k',
    '-o',
    '/dev/null',
    '--max-time',
    '60',
    '-H',
    'Connection: close',
    '-w',
    '%{num_connects}\n',
  ];
  const { output: text } = await runToEnd(client, 'curl', [...args, each]);
  const connections = text.trim().split('\n').map(Number);
  if (connections.length !== requests) throw new Error(`${url}: ${connections.length} of ${requests} requests`);
  return connections.reduce((sum, count) => sum + count, 0);
}
