/** Where a run takes its choices from; the same choices give the same run. */
export interface Random {
  /** A whole number from 0 up to and without `below`, which is at least 1. */
  below(below: number): number;
}

/** Mulberry32: small, and good enough to choose by. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return {
    below: (below) => {
      state = (state + 0x6d2b79f5) >>> 0;
      let t = Math.imul(state ^ (state >>> 15), state | 1);
      t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
      return ((t ^ (t >>> 14)) >>> 0) % below;
    },
  };
}

export function pick<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[random.below(items.length)];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}

/** True once in `times`. */
export function once(random: Random, times: number): boolean {
  return random.below(times) === 0;
}
