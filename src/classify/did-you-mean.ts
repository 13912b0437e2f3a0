/** Typing errors (one letter wrong, missing, added or swapped) a name may be away from another and still be meant. */
const FEW = 2;

/** The candidate nearest to what was written; null where none is near. */
export function nearest(written: string, candidates: Iterable<string>): string | null {
  const allowed = Math.min(FEW, Math.floor(written.length / 2));
  let best: string | null = null;
  let least = allowed + 1;
  for (const candidate of candidates) {
    const errors = isCutShort(written, candidate) ? FEW : typingErrors(written, candidate, least);
    if (errors < least) {
      best = candidate;
      least = errors;
    }
  }
  return best;
}

/** `did you mean "x"?`, or else the list of what there is. */
export function didYouMean(written: string, candidates: readonly string[]): string {
  const meant = nearest(written, candidates);
  return meant === null ? `there is: ${candidates.join(', ')}` : `did you mean "${meant}"?`;
}

/** `nftables` for `nft`, `connectivity` for `connectivity-check`. */
function isCutShort(written: string, candidate: string): boolean {
  const shorter = Math.min(written.length, candidate.length);
  return shorter > FEW && (written.startsWith(candidate) || candidate.startsWith(written));
}

/** The optimal string alignment distance, or `limit` where it is not below it. */
function typingErrors(from: string, to: string, limit: number): number {
  if (Math.abs(from.length - to.length) >= limit) return limit;
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const current = [i];
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1];
      let errors = Math.min(
        (previous[j] ?? limit) + 1,
        (current[j - 1] ?? limit) + 1,
        (previous[j - 1] ?? limit) + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]) {
        errors = Math.min(errors, (beforePrevious[j - 2] ?? limit) + 1);
      }
      current.push(errors);
    }
    beforePrevious = previous;
    previous = current;
  }
  return Math.min(limit, previous[to.length] ?? limit);
}
