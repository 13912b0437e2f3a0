import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../gateway/rig/compiled.ts';
import { machine } from './machine.ts';
import type { Sheet } from './sheet.ts';

const FOLDER = join(ROOT, 'test/bench/results');

/** @returns the file, which holds every single value. */
export function writeResults(sheets: readonly Sheet[]): string {
  mkdirSync(FOLDER, { recursive: true });
  const at = new Date().toISOString();
  const file = join(FOLDER, `${at.slice(0, 19).replaceAll(':', '-')}.json`);
  const results = sheets.map((sheet) => ({ title: sheet.title, notes: sheet.notes, lines: sheet.lines() }));
  writeFileSync(file, `${JSON.stringify({ at, machine: machine(), results }, null, 2)}\n`);
  return file;
}
