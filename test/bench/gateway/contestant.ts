import type { Network } from './network.ts';

/** Something that stands in the router. */
export interface Contestant {
  readonly name: string;
  /** Why it cannot take part here; null where it can. */
  missing(): string | null;
  start(network: Network): Promise<Running>;
}

export interface Running {
  /** The processes that do the work; empty where the kernel does it alone. */
  readonly pids: readonly number[];
  /** Ends it and leaves the router as it was before. */
  stop(): Promise<void>;
}

export const unfiltered: Contestant = {
  name: 'unfiltered',
  missing: () => null,
  start: async () => ({ pids: [], stop: async () => {} }),
};
