import { runToEnd } from '../../gateway/rig/run-to-end.ts';
import type { Connecting } from './connecting.ts';
import type { Network } from './network.ts';

/** It has been seen to wait for ever. */
const LIMIT_SECONDS = 30;

/**
 * One connection a request, which is the server's doing, `connections` at a time, `requests` in all.
 * @throws Error where it does not come to an end.
 */
export async function h2load(
  { client }: Network,
  url: string,
  { connections, requests }: { readonly connections: number; readonly requests: number },
): Promise<Connecting> {
  const limited = ['-s', 'KILL', `${LIMIT_SECONDS}`, 'h2load'];
  const args = ['--h1', '-t1', `-c${connections}`, `-n${requests}`, url];
  const { output: text } = await runToEnd(client, 'timeout', [...limited, ...args]);
  const rate = /finished in [^,]+, ([\d.]+) req\/s/.exec(text)?.[1];
  if (rate === undefined) throw new Error(`h2load ${url}: ${text}`);
  const succeeded = Number(/(\d+) succeeded/.exec(text)?.[1]);
  return {
    requests,
    requestsPerSecond: Number(rate),
    errors: succeeded === requests ? '' : `${succeeded} of ${requests} requests succeeded`,
  };
}
