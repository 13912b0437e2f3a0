import { readFileSync } from 'node:fs';
import { cLibrary } from './c-library.ts';

/** Source: asm-generic/mman-common.h. */
const MADV_DONTNEED = 4;

/** `00400000-01f2b000 r-xp …` (proc(5)); a path with a line break in it is shown in another way and not found. */
const MAPPING = /^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+ +(\/.*)$/;
/** What of a mapping is not as it is in the file, in memory and swapped out. */
const CHANGED = /^(?:Anonymous|Swap): +([0-9]+) kB$/;

/**
 * Lets go of the pages that hold Node.js itself, its machine code and its tables: the most of it is compilers, loaders,
 * parsers and what they start from, that only a start needs. They stay in the kernel's page cache, which maps again what
 * is used on, at microseconds a piece. Nothing is lost: what is let go of is as it is in the program's file and cannot be
 * written to. Does nothing where there is no such mapping.
 */
export function releaseProgramText(): void {
  try {
    const madvise = cLibrary().func('int madvise(uintptr_t, size_t, int)');
    for (const { from, bytes } of unchangedMappings(readFileSync('/proc/self/smaps', 'latin1'), process.execPath)) {
      madvise(from, bytes, MADV_DONTNEED);
    }
  } catch {
    // Memory that is not given back is no reason to end.
  }
}

/**
 * The mappings of a file, among those of /proc/PID/smaps, that cannot be written to and never were: a part the loader
 * fills in and then protects (RELRO) is none of them.
 */
export function unchangedMappings(smaps: string, program: string): readonly Mapping[] {
  const unchanged = new Set<Mapping>();
  let last: Mapping | null = null;
  for (const line of smaps.split('\n')) {
    const [, from, to = '', permissions = '', path] = MAPPING.exec(line) ?? [];
    if (from !== undefined) {
      const start = Number.parseInt(from, 16);
      const isReadOnly = path === program && /^r-[x-]p$/.test(permissions);
      last = isReadOnly ? { from: start, bytes: Number.parseInt(to, 16) - start } : null;
      if (last !== null) unchanged.add(last);
    }
    if (last !== null && (CHANGED.exec(line)?.[1] ?? '0') !== '0') unchanged.delete(last);
  }
  return [...unchanged];
}

interface Mapping {
  readonly from: number;
  readonly bytes: number;
}
