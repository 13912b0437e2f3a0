/**
 * Each time the next one begins: a machine that gets slower all the while favours nobody, and of three or more nobody
 * follows on itself, which is good for some hundredths.
 */
export function inTurn<T>(contestants: readonly T[], turn: number): readonly T[] {
  const first = turn % contestants.length;
  return [...contestants.slice(first), ...contestants.slice(0, first)];
}
