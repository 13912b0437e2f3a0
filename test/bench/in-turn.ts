/**
 * Each time the next one begins, so that a machine that gets slower all the while favours nobody. After each has begun
 * once they go round the other way, so that of three each comes equally often behind each other; of three or more nobody
 * follows on itself, which is good for some hundredths.
 */
export function inTurn<T>(contestants: readonly T[], turn: number): readonly T[] {
  const count = contestants.length;
  const order = Math.floor(turn / count) % 2 === 0 ? contestants : contestants.toReversed();
  const first = turn % count;
  return [...order.slice(first), ...order.slice(0, first)];
}
