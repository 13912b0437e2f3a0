import { spawn } from 'node:child_process';
import type { Network } from './network.ts';

/** What became of connections with one request each. */
export interface Connecting {
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** What the client said went wrong; empty if nothing. */
  readonly errors: string;
}

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
  const text = await outputOf('ip', ['netns', 'exec', client, 'wrk', ...args]);
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

export function outputOf(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (more: string) => {
        text += more;
      });
    }
    child.on('error', reject);
    child.on('close', () => resolve(text));
  });
}
