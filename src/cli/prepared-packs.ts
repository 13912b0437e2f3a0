import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Pack } from '../classify/pack.ts';

/** By a file's name, as packs carry it: its text, and what that was read as. */
export type PreparedPacks = Readonly<Record<string, { readonly text: string; readonly packs: readonly Pack[] }>>;

/** Written by the build; the same from what the compiler makes of this file and from the bundles beside that. */
export const PREPARED_PACKS = fileURLToPath(new URL('../prepared-packs.json', import.meta.url));

/**
 * The shipped files as they were when the program was built: to read YAML anew would take longer than all else a
 * gateway's start does one after the other. None where the program was not built.
 */
export function preparedPacks(): PreparedPacks {
  return existsSync(PREPARED_PACKS) ? JSON.parse(readFileSync(PREPARED_PACKS, 'utf8')) : {};
}

/** What the text was read as; null where it is not, letter for letter, what was prepared. */
export function packsPrepared(prepared: PreparedPacks, file: string, text: string): readonly Pack[] | null {
  const known = Object.hasOwn(prepared, file) ? prepared[file] : undefined;
  return known?.text === text ? known.packs : null;
}
