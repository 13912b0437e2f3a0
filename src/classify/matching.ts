/**
 * The rules that match a name: one's place among all rules, as nearly always, or every one's, ascending, each once. A
 * bare number needs neither memory of its own nor a look at any.
 */
export type Matching = number | readonly number[];

export const NO_RULE: readonly number[] = [];

/** Counted from 0; undefined where fewer match. */
export function nthPlace(matching: Matching, nth: number): number | undefined {
  if (typeof matching !== 'number') return matching[nth];
  return nth === 0 ? matching : undefined;
}

export function placesOf(matching: Matching): readonly number[] {
  return typeof matching === 'number' ? [matching] : matching;
}

/** Both in one. */
export function merge(some: Matching, more: Matching): Matching {
  if (more === NO_RULE) return some;
  if (some === NO_RULE) return more;
  return inOrder([...placesOf(some), ...placesOf(more)]);
}

/** @param places in any order, some of them maybe twice. */
export function inOrder(places: readonly number[]): Matching {
  return places.length === 0 ? NO_RULE : [...new Set(places)].sort((a, b) => a - b);
}
