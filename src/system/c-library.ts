import { createRequire } from 'node:module';

type CLibrary = ReturnType<typeof import('koffi')['load']>;

let loaded: CLibrary | null = null;

/**
 * The C library this process already runs on, glibc or musl. What calls it is loaded for whoever needs it first: that
 * takes some ten milliseconds, which a start has better uses for.
 * @throws Error where it cannot be loaded.
 */
export function cLibrary(): CLibrary {
  loaded ??= loadKoffi().load(null);
  return loaded;
}

function loadKoffi(): typeof import('koffi') {
  return createRequire(import.meta.url)('koffi');
}
