/**
 * A name's hash, taken from its last character to its first: on the way it is the hash of every ending of the name,
 * so one pass serves the name itself and all the domains it lies below.
 *
 * It is the same in every process, for whoever picks the names that are looked up has no say in those that stand in a
 * table: names made to collide all end at the same few rows, and how many those can be is settled when the owner's list
 * is read. A keyed hash would buy nothing.
 */

/** The hash of no characters yet: FNV-1a's offset basis. */
export const EMPTY_NAME = 0x811c9dc5 | 0;

const FNV_PRIME = 0x01000193;

/** @param state of the characters behind. @returns that of those and `char` in front of them. */
export function inFront(state: number, char: number): number {
  return Math.imul(state ^ char, FNV_PRIME);
}

/** Lets every bit of a state reach every bit of the hash, the lowest above all (MurmurHash3's last step). */
export function spread(state: number): number {
  const half = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  const most = Math.imul(half ^ (half >>> 13), 0xc2b2ae35);
  return most ^ (most >>> 16);
}

/** The state of a whole name. */
export function stateOf(name: string): number {
  let state = EMPTY_NAME;
  for (let at = name.length - 1; at >= 0; at--) state = inFront(state, name.charCodeAt(at));
  return state;
}
