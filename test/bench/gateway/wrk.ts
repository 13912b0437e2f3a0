import { runToEnd } from '../../gateway/rig/run-to-end.ts';
import type { Connecting } from './connecting.ts';
import type { Network } from './network.ts';

export interface WrkResult extends Connecting {
  /** From a request to its answer; the connection stands already. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** One connection a request, `connections` at a time. */
export async function wrk(
  { client }: Network,
  url: string,
  { connections, seconds }: { readonly connections: number; readonly seconds: number },
): Promise<WrkResult> {
  const args = ['-t1', `-c${connections}`, `-d${seconds}`, '--latency', '-H', 'Connection: close', url];
  const { output: text } = await runToEnd(client, 'wrk', args);
  const rate = /Requests\/sec:\s*([\d.]+)/.exec(text)?.[1];
  if (rate === undefined) throw new Error(`wrk ${url}: ${text}`);
  return {
    requests: Number(/(\d+) requests in/.exec(text)?.[1]),
    requestsPerSecond: Number(rate),
    p50Ms: milliseconds(/^ *50%\s+(\S+)/m.exec(text)?.[1]),
    p99Ms: milliseconds(/^ *99%\s+(\S+)/m.exec(text)?.[1]),
    errors: (text.match(/Socket errors.*|Non-2xx.*/g) ?? []).join('; '),
  };
}

/** wrk writes `123.00us`, `1.20ms` or `1.20s`. */
function milliseconds(written: string | undefined): number {
  const [, number, unit] = /^([\d.]+)(us|ms|s)$/.exec(written ?? '') ?? [];
  return Number(number) * ({ us: 0.001, ms: 1, s: 1000 }[unit ?? ''] ?? Number.NaN);
}
