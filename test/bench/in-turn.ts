/**
 * Each time the next one begins, so that a machine that gets slower all the while favours nobody. After each has begun
 * once they go round the other way, so that of three each comes equally often behind each other; of three or more nobody
 * follows on itself, which is good for some hundredths.
 */
export function inTurn<T>(contestants: readonly T[], turn: number): readonly T[] {
  const count = contestants.length;
  const goesBack = Math.floor(turn / count) % 2 === 1;
  const first = (goesBack ? count - (turn % count) : turn) % count;
  const inOrder = [...contestants.slice(first), ...contestants.slice(0, first)];
  return goesBack ? inOrder.reverse() : inOrder;
}
