import type { Connecting } from './connecting.ts';
import { download } from './download.ts';
import { h2load } from './h2load.ts';
import { HTTP_NAME, type Network, TLS_NAME } from './network.ts';
import { wrk } from './wrk.ts';

const CONNECTIONS = 32;
/** So short that the machine is as fast for one contestant as for the next. */
export const SLICE_SECONDS = 1;
/** What h2load is asked for in order to find out how much it does in a slice. */
const TRIAL_REQUESTS = 500;
/** More than comes in a download's time. */
export const BULK_FILE_BYTES = 2 ** 28;
/** One differs by a tenth from the next, however long it is: many short ones tell more than few long ones. */
const DOWNLOAD_SECONDS = 0.06;
/** What is downloaded in order to find out how much comes in that time. */
const TRIAL_BYTES = 2 ** 26;

/** What phones do that is measured. */
export interface Traffic {
  readonly kind: 'HTTP' | 'TLS 1.3';
  readonly url: string;
  /** What a download asks for. */
  readonly bulkBytes: number;
  /** Makes connections for about a slice. */
  connect(network: Network): Promise<Connecting>;
}

export async function httpOf(ends: Network): Promise<Traffic> {
  const url = `http://${HTTP_NAME}`;
  return {
    kind: 'HTTP',
    url,
    bulkBytes: await bulkBytesOf(ends, url),
    connect: (network) => wrk(network, `${url}/`, { connections: CONNECTIONS, seconds: SLICE_SECONDS }),
  };
}

/**
 * Not by wrk, which asks every handshake it waits for in each of its turns whether it can go on: that takes what is left
 * of a processor, and whoever else computes has to do it where nginx does.
 */
export async function tlsOf(ends: Network): Promise<Traffic> {
  const url = `https://${TLS_NAME}`;
  const ask = (network: Network, requests: number) =>
    h2load(network, `${url}/`, { connections: CONNECTIONS, requests });
  const { requestsPerSecond } = await ask(ends, TRIAL_REQUESTS);
  const requests = Math.round(requestsPerSecond * SLICE_SECONDS);
  return {
    kind: 'TLS 1.3',
    url,
    bulkBytes: await bulkBytesOf(ends, url),
    connect: (network) => ask(network, requests),
  };
}

async function bulkBytesOf(ends: Network, url: string): Promise<number> {
  const bytesPerSecond = await download(ends, `${url}/bulk`, TRIAL_BYTES);
  return Math.min(Math.round(bytesPerSecond * DOWNLOAD_SECONDS), BULK_FILE_BYTES);
}
