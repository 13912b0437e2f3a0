/** Something wrong in a file, with its place in it. */
export interface Problem {
  readonly severity: 'error' | 'warning';
  readonly file: string;
  /** Null where the file as a whole is meant. */
  readonly place: Place | null;
  readonly message: string;
  /** What to do about it. */
  readonly advice: string | null;
}

export interface Place {
  /** Counted from 1, as `column`. */
  readonly line: number;
  readonly column: number;
  /** How many characters are to blame; at least 1, and all on the one line. */
  readonly width: number;
  /** The line itself. */
  readonly source: string;
}

/** The value, or null where there is an error among the problems: nothing is ever half read. */
export interface Reading<T> {
  readonly value: T | null;
  /** In the order of the file. */
  readonly problems: readonly Problem[];
}

/** `file:line:column: message`, the line with a caret below the place, and what to do. Ends with a line feed. */
export function formatProblem({ severity, file, place, message, advice }: Problem): string {
  const what = severity === 'warning' ? `warning: ${message}` : message;
  const lines = [place === null ? `${file}: ${what}` : `${file}:${place.line}:${place.column}: ${what}`];
  if (place !== null && place.source.trim() !== '') {
    const { line, column, width, source } = place;
    const gutter = ' '.repeat(String(line).length);
    // Tabs are kept so that the caret stands below its character however wide the terminal draws them.
    const indent = source.slice(0, column - 1).replace(/[^\t]/g, ' ');
    lines.push(`  ${line} | ${source}`, `  ${gutter} | ${indent}${'^'.repeat(width)}`);
  }
  if (advice !== null) lines.push(`  ${advice}`);
  return `${lines.join('\n')}\n`;
}
