import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, visit, type YAMLError } from 'yaml';
import type { Place, Problem } from './problem.ts';

/** A YAML file's value, and where each piece of it stands. */
export interface YamlText {
  /** Undefined where the text is no YAML at all. */
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /**
   * Where the node at `path` stands: its key in the mapping, or its value. A node that is missing stands where its
   * parent does. With `part` the place is narrowed to that piece of the node's text.
   */
  at(path: readonly PropertyKey[], on: 'key' | 'value', part?: string | null): Place;
}

/** An owner's file needs no more; it stops a few bytes of aliases from unfolding into gigabytes. */
const MOST_ALIASES = 100;

export function readYaml(text: string, file: string): YamlText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const place = (from: number, to: number): Place => placeOf(text, lines, from, to);
  const dangling = unresolved(document, file, place);
  const problems = [
    ...document.errors.map((error) => syntaxProblem(error, 'error', file, place)),
    ...document.warnings.map((warning) => syntaxProblem(warning, 'warning', file, place)),
    ...dangling,
  ];
  // A key that stands twice leaves the rest readable: what else is wrong can be said in the same breath.
  const readable = dangling.length === 0 && document.errors.every(({ code }) => code === 'DUPLICATE_KEY');
  let value: unknown;
  if (readable) {
    try {
      value = document.toJS({ maxAliasCount: MOST_ALIASES });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      problems.push({ severity: 'error', file, place: place(0, 1), message, advice: 'write it out without aliases' });
    }
  }
  return {
    value,
    problems,
    at: (path, on, part = null) => {
      const [from, to] = rangeOf(document, path, on);
      const inside = part === null ? -1 : text.slice(from, to).indexOf(part);
      return part === null || inside === -1 ? place(from, to) : place(from + inside, from + inside + part.length);
    },
  };
}

function rangeOf(document: Document, path: readonly PropertyKey[], on: 'key' | 'value'): readonly [number, number] {
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

function textRange(node: unknown): readonly [number, number] | null {
  return isNode(node) && node.range ? [node.range[0], node.range[1]] : null;
}

/** What is written like `*name` and stands for no `&name`. */
function unresolved(document: Document, file: string, place: (from: number, to: number) => Place): readonly Problem[] {
  const found: Problem[] = [];
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) !== undefined) return;
      const [from, to] = textRange(alias) ?? [0, 1];
      const message = `*${alias.source} refers to a &${alias.source} that is not there`;
      found.push({
        severity: 'error',
        file,
        place: place(from, to),
        message,
        advice: `where the * is meant as such it needs quotes: '*${alias.source}'`,
      });
    },
  });
  return found;
}

function placeOf(text: string, lines: LineCounter, from: number, to: number): Place {
  const { line, col } = lines.linePos(from);
  const start = from - (col - 1);
  const feed = text.indexOf('\n', start);
  const source = text.slice(start, feed === -1 ? text.length : feed).replace(/\r$/, '');
  const width = Math.max(1, Math.min(to - from, source.length - (col - 1)));
  return { line: Math.max(1, line), column: Math.max(1, col), width, source };
}

function syntaxProblem(
  error: YAMLError,
  severity: 'error' | 'warning',
  file: string,
  place: (from: number, to: number) => Place,
): Problem {
  const [from, to] = error.pos;
  return {
    severity,
    file,
    place: place(from, to),
    message: messageFor(error),
    advice: adviceFor(error),
  };
}

function messageFor({ code, message }: YAMLError): string {
  if (code === 'DUPLICATE_KEY') return 'this key stands here twice';
  return `not readable as YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}`;
}

function adviceFor({ code }: YAMLError): string | null {
  switch (code) {
    case 'DUPLICATE_KEY':
      return 'keep one of them';
    case 'BAD_DQ_ESCAPE':
      return "between double quotes a \\ means something else: put an expression between single quotes, '…'";
    case 'TAB_AS_INDENT':
      return 'indent with spaces';
    case 'MULTIPLE_DOCS':
      return 'keep one document and take the --- line out';
    default:
      return null;
  }
}
