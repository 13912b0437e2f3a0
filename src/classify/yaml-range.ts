import { type Document, isMap, isNode, isScalar, isSeq } from 'yaml';

/** Offsets into a text: the first character, and the one behind the last. */
export type TextRange = readonly [from: number, to: number];

/** Where the node at `path` stands in the document's text: the key in its mapping, or the value. */
export function rangeOf(document: Document, path: readonly PropertyKey[], on: 'key' | 'value'): TextRange {
  let node: unknown = document.contents;
  let key: unknown = null;
  for (const step of path) {
    const parent = node;
    // Of a key that stands twice the last one counts, as it does for the value.
    const pair = isMap(parent)
      ? parent.items.findLast(({ key }) => isScalar(key) && String(key.value) === String(step))
      : undefined;
    key = pair?.key ?? null;
    node = isMap(parent) ? pair?.value : isSeq(parent) ? parent.items[Number(step)] : undefined;
    if (node === undefined && key === null) {
      // A missing piece is reported at the first character of what should hold it, not at all of that.
      const [from] = textRange(parent) ?? [0];
      return [from, from + 1];
    }
  }
  return (on === 'key' ? textRange(key) : null) ?? textRange(node) ?? textRange(key) ?? [0, 1];
}

export function textRange(node: unknown): TextRange | null {
  return isNode(node) && node.range ? [node.range[0], node.range[1]] : null;
}
