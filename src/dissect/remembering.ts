/** Whoever says more than a host name can hold does not say it again and again. */
const MAX_CHARACTERS = 255;

/**
 * Remembers what was made of the latest texts, in two generations: when the young one is full it becomes the old one.
 * A flood of made-up texts only ever pushes out as many.
 * @param make pure.
 * @param limit so many are remembered, twice over.
 */
export function remembering<Made extends NonNullable<unknown>>(
  make: (text: string) => Made,
  limit: number,
): (text: string) => Made {
  let young = new Map<string, Made>();
  let old = new Map<string, Made>();
  const find = (text: string): Made => {
    const known = young.get(text);
    if (known !== undefined) return known;
    const made = old.get(text) ?? make(text);
    if (text.length > MAX_CHARACTERS) return made;
    if (young.size >= limit) {
      old = young;
      young = new Map();
    }
    young.set(text, made);
    return made;
  };
  let lastText = '';
  let lastMade: Made | null = null;
  return (text) => {
    if (lastMade === null || text !== lastText) {
      lastMade = find(text);
      lastText = text;
    }
    return lastMade;
  };
}
