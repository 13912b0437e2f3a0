/** How thoroughly to measure. */
export interface BenchOptions {
  /** How often each contestant takes its turn. */
  readonly rounds: number;
  /** How long a contestant makes connections, or asks, in one round. */
  readonly seconds: number;
  readonly quick: boolean;
}

export const THOROUGH: BenchOptions = { rounds: 5, seconds: 12, quick: false };
export const QUICK: BenchOptions = { rounds: 2, seconds: 2, quick: true };
