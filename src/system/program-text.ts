import { readFileSync } from 'node:fs';
import koffi from 'koffi';

/** Source: asm-generic/mman-common.h. */
const MADV_DONTNEED = 4;

/** `00400000-01f2b000 r-xp …` (proc(5)); a path with a line break in it is shown in another way and not found. */
const MAPPING = /^([0-9a-f]+)-([0-9a-f]+) r-xp \S+ \S+ \S+ +(\/.*)$/;

/**
 * Lets go of the pages that hold the machine code of Node.js itself: the most of it is compilers, loaders and parsers
 * that only a start needs. They stay in the kernel's page cache, which maps again what runs on, at microseconds a piece.
 * Nothing is lost: code is read from the program's file and never written. Does nothing where there is no such mapping.
 */
export function releaseProgramText(): void {
  try {
    const madvise = koffi.load(null).func('int madvise(uintptr_t, size_t, int)');
    for (const { from, bytes } of textMappings(readFileSync('/proc/self/maps', 'latin1'), process.execPath)) {
      madvise(from, bytes, MADV_DONTNEED);
    }
  } catch {
    // Memory that is not given back is no reason to end.
  }
}

/** The executable mappings of a file, which are never written to, among those of /proc/PID/maps. */
export function textMappings(maps: string, program: string): readonly { from: number; bytes: number }[] {
  return maps.split('\n').flatMap((line) => {
    const [, from = '', to = '', path] = MAPPING.exec(line) ?? [];
    if (path !== program) return [];
    const start = Number.parseInt(from, 16);
    return [{ from: start, bytes: Number.parseInt(to, 16) - start }];
  });
}
