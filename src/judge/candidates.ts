import type { DatagramDissector, Dissector, StreamDissector } from '../dissect/dissector.ts';

/** The protocols that may open a flow to a server port; worked out once a port. */
export class Candidates {
  readonly #streams: readonly StreamDissector[];
  readonly #datagrams: readonly DatagramDissector[];
  readonly #streamsByPort = new Map<number, readonly StreamDissector[]>();
  readonly #datagramsByPort = new Map<number, readonly DatagramDissector[]>();

  constructor(dissectors: readonly Dissector[]) {
    this.#streams = dissectors.filter((dissector) => dissector.transport === 'tcp');
    this.#datagrams = dissectors.filter((dissector) => dissector.transport === 'udp');
  }

  tcp(port: number): readonly StreamDissector[] {
    return remembered(this.#streamsByPort, port, this.#streams);
  }

  udp(port: number): readonly DatagramDissector[] {
    return remembered(this.#datagramsByPort, port, this.#datagrams);
  }
}

function remembered<D extends Dissector>(
  byPort: Map<number, readonly D[]>,
  port: number,
  all: readonly D[],
): readonly D[] {
  let candidates = byPort.get(port);
  if (candidates === undefined) {
    candidates = all.filter((dissector) => dissector.ports === 'any' || dissector.ports.includes(port));
    byPort.set(port, candidates);
  }
  return candidates;
}
