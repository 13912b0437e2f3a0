import { cLibrary } from './c-library.ts';

/** Bytes that may stay at the end of an arena for what is allocated next. */
const KEEP = 0;

/**
 * Returns to the kernel what lies free in the C library's heap, that of all threads (malloc_trim(3)): V8 compiles in
 * there, and what that took is otherwise held for as long as the program idles. Takes a few milliseconds. Does
 * nothing where the C library is not glibc.
 */
export function trimHeap(): void {
  try {
    cLibrary().func('int malloc_trim(size_t)')(KEEP);
  } catch {
    // Memory that is not given back is no reason to end.
  }
}
