import type { AppProtocol } from './facts.ts';
import type { DatagramStep, StreamStep } from './outcome.ts';

/** A protocol that may open a flow; `begin` is shown the client's first bytes or datagram. */
export type Dissector = StreamDissector | DatagramDissector;

export interface StreamDissector {
  readonly app: AppProtocol;
  readonly transport: 'tcp';
  /** The server ports on which the protocol is looked for. */
  readonly ports: readonly number[] | 'any';
  readonly begin: StreamStep;
}

export interface DatagramDissector {
  readonly app: AppProtocol;
  readonly transport: 'udp';
  readonly ports: readonly number[] | 'any';
  readonly begin: DatagramStep;
}
