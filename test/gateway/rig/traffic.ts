import { inUrl } from './addresses.ts';
import type { Rig } from './rig.ts';
import { type Ended, runToEnd } from './run-to-end.ts';

export interface CurlAnswer {
  /** curl's exit code: 0 done, 7 refused, 28 out of time, 35 TLS failed, 52 empty answer, 56 reset. */
  readonly exit: number;
  readonly body: string;
  /** 0 where there was no connection. */
  readonly localPort: number;
}

export interface WebRequest {
  /** Name in Host and server name; null: the bare address stands there, and TLS carries no server name. */
  readonly host: string | null;
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
export async function curl(rig: Rig, request: WebRequest): Promise<CurlAnswer> {
  const { host, address, port, path = '/', tls = false, timeoutMs = 1500 } = request;
  const url = `${tls ? 'https' : 'http'}://${host ?? inUrl(address)}:${port}${path}`;
  const args = ['-sS', '-k', '--noproxy', '*', '--max-time', String(timeoutMs / 1000), '-w', '\n%{local_port}'];
  if (host !== null) args.push('--connect-to', `${host}:${port}:${inUrl(address)}:${port}`);
  if (host !== null && !tls && port !== 80) args.push('-H', `Host: ${host}`);
  if (request.body !== undefined) args.push('--data-binary', '@-', '-H', 'Expect:');
  const { exit, output } = await exec(rig, 'curl', [...args, ...(request.extra ?? []), url], request.body);
  const lastLine = output.lastIndexOf('\n');
  return { exit, body: output.slice(0, lastLine), localPort: Number(output.slice(lastLine + 1)) };
}

export async function ping(rig: Rig, address: string, timeoutMs = 500): Promise<boolean> {
  const { exit } = await exec(rig, 'ping', ['-n', '-q', '-c', '1', '-W', String(timeoutMs / 1000), address]);
  return exit === 0;
}

/** Runs a command in the phone's namespace. */
function exec(rig: Rig, command: string, args: readonly string[], input?: Uint8Array): Promise<Ended> {
  return runToEnd(rig.phone.namespace, command, args, { input, stderr: 'ignore' });
}
