/** The path of an HTTP request: the whole of it without its query, or its beginning. */
export type PathPattern =
  | { readonly kind: 'exact'; readonly path: string }
  | { readonly kind: 'prefix'; readonly path: string };

/** `/generate_204` is the whole path, `/library/*` its beginning. Null where `text` is neither. */
export function parsePath(text: string): PathPattern | null {
  if (!/^\/[^\s?#*]*\*?$/.test(text)) return null;
  return text.endsWith('*') ? { kind: 'prefix', path: text.slice(0, -1) } : { kind: 'exact', path: text };
}

/** @param target path and query, as the request line has them. */
export function pathMatches(pattern: PathPattern, target: string): boolean {
  if (pattern.kind === 'prefix') return target.startsWith(pattern.path);
  return target === pattern.path || target.startsWith(`${pattern.path}?`);
}

/** As a pack writes it. */
export function formatPath({ kind, path }: PathPattern): string {
  return kind === 'prefix' ? `${path}*` : path;
}
