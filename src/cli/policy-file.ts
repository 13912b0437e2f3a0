import { isUtf8 } from 'node:buffer';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Pack, packId } from '../classify/pack.ts';
import { parsePacks } from '../classify/pack-file.ts';
import type { Problem, Reading } from '../classify/problem.ts';
import { defaultSettings, parseSettings, type Settings } from '../classify/settings.ts';
import { type PreparedPacks, packsPrepared, preparedPacks } from './prepared-packs.ts';

/** The packs that are shipped; the same way up from src and from dist. */
export const RULES_FOLDER = fileURLToPath(new URL('../../rules/', import.meta.url));

/** What install makes the owner's file of; it stands among the packs and is none. */
const SHIPPED_POLICY = 'chatgate.yaml';

/** A hundred thousand hosts take three megabytes. */
const MOST_BYTES = 16 * 1024 * 1024;

/** What is allowed and how the gateway runs: plain data that survives a structured clone. */
export interface PolicyData {
  readonly settings: Settings;
  readonly packs: readonly Pack[];
}

export type PolicyReading =
  | { readonly kind: 'read'; readonly policy: PolicyData; readonly warnings: readonly Problem[] }
  /** The file was read and is wrong. */
  | { readonly kind: 'wrong'; readonly problems: readonly Problem[] }
  /** The file, or the packs, could not be read at all. */
  | { readonly kind: 'unreadable'; readonly problems: readonly Problem[] };

export function readPolicyFile(file: string, rulesFolder = RULES_FOLDER): PolicyReading {
  const packs = readPacks(rulesFolder);
  if (packs.value === null) return { kind: 'unreadable', problems: packs.problems };
  const text = readText(file);
  if (typeof text !== 'string') return { kind: 'unreadable', problems: [text] };
  const { value, problems } = parseSettings(text, file, packs.value);
  if (value === null) return { kind: 'wrong', problems };
  return { kind: 'read', policy: { settings: value, packs: packs.value }, warnings: [...packs.problems, ...problems] };
}

/** What holds where the owner wrote no file. */
export function defaultPolicy(rulesFolder = RULES_FOLDER): PolicyReading {
  const { value, problems } = readPacks(rulesFolder);
  if (value === null) return { kind: 'unreadable', problems };
  return { kind: 'read', policy: { settings: defaultSettings(value), packs: value }, warnings: problems };
}

/** Every pack in a folder, by file name. */
export function readPacks(folder = RULES_FOLDER, prepared = preparedPacks()): Reading<readonly Pack[]> {
  let files: readonly PackFile[];
  try {
    files = packFilesIn(folder);
  } catch (error) {
    return { value: null, problems: [unreadable(folder, error)] };
  }
  const packs = new Map<string, Pack>();
  const problems: Problem[] = [];
  for (const { file, text } of files) {
    const reading = typeof text === 'string' ? readPackFile(text, file, prepared) : { value: null, problems: [text] };
    problems.push(...reading.problems);
    for (const pack of reading.value ?? []) {
      const known = packs.get(packId(pack));
      if (known === undefined) packs.set(packId(pack), pack);
      else
        problems.push(
          wholeFile(pack.file, `the pack ${packId(pack)} stands in ${known.file} too`, 'rename one of them'),
        );
    }
  }
  const failed = problems.some(({ severity }) => severity === 'error');
  return { value: failed ? null : [...packs.values()], problems };
}

function readPackFile(text: string, file: string, prepared: PreparedPacks): Reading<readonly Pack[]> {
  const known = packsPrepared(prepared, file, text);
  return known === null ? parsePacks(text, file) : { value: known, problems: [] };
}

/** What `preparedPacks` is to find: only files that nothing is wrong with. */
export function preparePacks(folder = RULES_FOLDER): PreparedPacks {
  const prepared: Record<string, PreparedPacks[string]> = {};
  for (const { file, text } of packFilesIn(folder)) {
    if (typeof text !== 'string') continue;
    const { value, problems } = parsePacks(text, file);
    if (value !== null && problems.length === 0) prepared[file] = { text, packs: value };
  }
  return prepared;
}

interface PackFile {
  /** As packs and problems name it. */
  readonly file: string;
  readonly text: string | Problem;
}

/** By name. @throws the file system's error where the folder cannot be listed. */
function packFilesIn(folder: string): readonly PackFile[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml') && name !== SHIPPED_POLICY)
    .sort()
    .map((name) => ({ file: join(basename(folder), name), text: readText(join(folder, name)) }));
}

function readText(file: string): string | Problem {
  try {
    const stat = statSync(file);
    if (!stat.isFile() && !stat.isFIFO() && !stat.isDirectory())
      return wholeFile(file, 'this is a device, not a file', 'name a file');
    if (stat.size > MOST_BYTES)
      return wholeFile(file, `the file is larger than ${MOST_BYTES} bytes`, 'is it the right one?');
    const bytes = readFileSync(file);
    const line = firstLineNotUtf8(bytes);
    return line === null ? bytes.toString('utf8') : notUtf8(file, line);
  } catch (error) {
    return unreadable(file, error);
  }
}

/** Counted from 1; null where all of it is UTF-8. */
function firstLineNotUtf8(bytes: Uint8Array): number | null {
  if (isUtf8(bytes)) return null;
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const feed = bytes.indexOf(0x0a, start);
    const end = feed === -1 ? bytes.length : feed;
    if (!isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
  }
  return line;
}

function notUtf8(file: string, line: number): Problem {
  const place = { line, column: 1, width: 1, source: '' };
  return { severity: 'error', file, place, message: 'this line is not UTF-8', advice: 'save the file as UTF-8' };
}

function unreadable(file: string, error: unknown): Problem {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  switch (code) {
    case 'ENOENT':
      return wholeFile(
        file,
        'there is no such file',
        `name another, or copy ${join(RULES_FOLDER, SHIPPED_POLICY)} there and edit it`,
      );
    case 'EACCES':
      return wholeFile(file, 'you may not read this file', 'run as root, or make it readable');
    case 'EISDIR':
      return wholeFile(file, 'this is a folder', 'name a file');
    default:
      return wholeFile(file, error instanceof Error ? error.message : String(error), null);
  }
}

function wholeFile(file: string, message: string, advice: string | null): Problem {
  return { severity: 'error', file, place: null, message, advice };
}
