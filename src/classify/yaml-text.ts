import { LineCounter, parseDocument } from 'yaml';
import type { Place, Problem } from './problem.ts';
import { rangeOf } from './yaml-range.ts';
import { isReadable, syntaxProblems } from './yaml-syntax.ts';

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
  const lines = linesOf(text);
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: true });
  const place = (from: number, to: number): Place => placeOf(text, lines, from, to);
  const problems = [...syntaxProblems(document, file, place)];
  let value: unknown;
  if (isReadable(document, problems)) {
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

/** The parser would fill a counter itself, but misses lines in text that breaks off inside brackets. */
function linesOf(text: string): LineCounter {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let feed = text.indexOf('\n'); feed !== -1; feed = text.indexOf('\n', feed + 1)) lines.addNewLine(feed + 1);
  return lines;
}

function placeOf(text: string, lines: LineCounter, from: number, to: number): Place {
  const { line, col } = lines.linePos(from);
  const start = from - (col - 1);
  const feed = text.indexOf('\n', start);
  const source = text.slice(start, feed === -1 ? text.length : feed).replace(/\r$/, '');
  const width = Math.max(1, Math.min(to - from, source.length - (col - 1)));
  return { line: Math.max(1, line), column: Math.max(1, col), width, source };
}
