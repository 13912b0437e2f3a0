import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import koffi from 'koffi';

/** Bytes the C library may keep at the end of what it gives back. */
const KEEP_NOTHING = 0;

/**
 * Returns to the kernel what this thread's JavaScript no longer reaches, and whatever the C library has lying free for
 * all threads. By themselves neither does while nothing more is asked of them, and what a program starts with is
 * then held for as long as it idles. Takes some twenty milliseconds.
 */
export function giveBackMemory(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') return;
  collect();
  // Buffers found unreachable are freed meanwhile; the next collection waits for that.
  collect();
  trim();
}

/** Does nothing where the C library has no such function. */
function trim(): void {
  try {
    koffi.load(null).func('int malloc_trim(size_t)')(KEEP_NOTHING);
  } catch {
    // musl gives back by itself.
  }
}
