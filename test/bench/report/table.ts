import pc from 'picocolors';
import type { Line, Sheet } from './sheet.ts';

const HEAD = ['', '', 'median', 'from – to', 'ratio', 'goal'] as const;

/** One line a measure and contestant. */
export function table(sheet: Sheet): string {
  let last = '';
  const rows = sheet.lines().map((line) => {
    const first = line.measure === last ? '' : `${line.measure} (${line.unit})`;
    last = line.measure;
    return [first, line.contestant, short(line.median), range(line), ratio(line), goal(line)];
  });
  const widths = HEAD.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const text = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  const lines = [pc.bold(sheet.title), text(HEAD), ...rows.map(text), ...sheet.notes.map((note) => `• ${note}`)];
  return `${lines.join('\n')}\n`;
}

function range({ values }: Line): string {
  return values.length < 2 ? '' : `${short(Math.min(...values))} – ${short(Math.max(...values))}`;
}

function ratio({ ratio }: Line): string {
  return ratio === null ? '' : ratio.toFixed(3);
}

function goal({ goal }: Line): string {
  return goal === null ? '' : `${goal.text} ${goal.isMet ? '✓' : '✗ missed'}`;
}

/** Three digits that count. */
function short(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return Number(value.toPrecision(3)).toString();
}
