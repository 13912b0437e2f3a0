/**
 * A whole number out of memory of doubles, as V8 keeps it elsewhere; 0 beyond the memory's end. Read from there it is a
 * double to V8, however small. An object made of such numbers is of another kind to it than one made of small integers,
 * and where one of the other kind comes along, all that was compiled for the usual kind is thrown away.
 */
export function wholeNumberAt(numbers: Float64Array, at: number): number {
  return Math.floor(numbers[at] ?? 0);
}
