import type { Connecting } from './connecting.ts';
import { h2load } from './h2load.ts';
import { HTTP_NAME, type Network, TLS_NAME } from './network.ts';
import { wrk } from './wrk.ts';

const CONNECTIONS = 32;
/** So short that the machine is as fast for one contestant as for the next. */
export const SLICE_SECONDS = 1;
/** What h2load is asked for in order to find out how much it does in a slice. */
const TRIAL_REQUESTS = 500;
export const BULK_FILE_BYTES = 2 ** 27;

/** What phones do that is measured. */
export interface Traffic {
  readonly kind: 'HTTP' | 'TLS 1.3';
  readonly url: string;
  /** A download of so many takes a tenth of a second or two. */
  readonly bulkBytes: number;
  /** Makes connections for about a slice. */
  connect(network: Network): Promise<Connecting>;
}

export const HTTP: Traffic = {
  kind: 'HTTP',
  url: `http://${HTTP_NAME}`,
  bulkBytes: BULK_FILE_BYTES,
  connect: (network) => wrk(network, `http://${HTTP_NAME}/`, { connections: CONNECTIONS, seconds: SLICE_SECONDS }),
};

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
  return { kind: 'TLS 1.3', url, bulkBytes: BULK_FILE_BYTES / 2, connect: (network) => ask(network, requests) };
}
