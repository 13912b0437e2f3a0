import { spawn } from 'node:child_process';
import { inUrl } from './addresses.ts';
import type { Rig } from './rig.ts';

export interface CurlAnswer {
  /** curl's exit code: 0 done, 7 refused, 28 out of time, 35 TLS failed, 52 empty answer, 56 reset. */
  readonly exit: number;
  readonly body: string;
}

export interface WebRequest {
  /** Name in Host and server name; the request goes to `address` all the same. */
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly path?: string;
  readonly tls?: boolean;
  readonly body?: Uint8Array;
  readonly timeoutMs?: number;
  /** Further arguments for curl. */
  readonly extra?: readonly string[];
}

/** The phone asks a web server with curl. */
export function curl(rig: Rig, request: WebRequest): Promise<CurlAnswer> {
  const { host, address, port, path = '/', tls = false, timeoutMs = 1500 } = request;
  const url = `${tls ? 'https' : 'http'}://${host}:${port}${path}`;
  const args = ['-sS', '-k', '--noproxy', '*', '--max-time', String(timeoutMs / 1000)];
  args.push('--connect-to', `${host}:${port}:${inUrl(address)}:${port}`);
  if (!tls && port !== 80) args.push('-H', `Host: ${host}`);
  if (request.body !== undefined) args.push('--data-binary', '@-', '-H', 'Expect:');
  return exec(rig, 'curl', [...args, ...(request.extra ?? []), url], request.body);
}

/** The phone opens TLS with openssl; `serverName` null sends no server name at all. Answers whether it came to be. */
export async function tlsHandshake(
  rig: Rig,
  address: string,
  port: number,
  serverName: string | null,
): Promise<boolean> {
  const name = serverName === null ? ['-noservername'] : ['-servername', serverName];
  const args = ['-k', '1', '1.5', 'openssl', 's_client', '-brief', '-connect', `${inUrl(address)}:${port}`, ...name];
  const { body } = await exec(rig, 'timeout', args, new Uint8Array(0));
  return body.includes('CONNECTION ESTABLISHED');
}

export async function ping(rig: Rig, address: string): Promise<boolean> {
  const { exit } = await exec(rig, 'ping', ['-n', '-q', '-c', '1', '-W', '0.5', address]);
  return exit === 0;
}

/** Runs a command in the phone's namespace; the body is what it printed, errors included. */
function exec(rig: Rig, command: string, args: readonly string[], input?: Uint8Array): Promise<CurlAnswer> {
  return new Promise((resolve, reject) => {
    const child = spawn('ip', ['netns', 'exec', rig.phone.namespace, command, ...args]);
    let body = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => {
        body += text;
      });
    }
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    child.on('error', reject);
    child.on('close', (code) => resolve({ exit: code ?? -1, body }));
  });
}
