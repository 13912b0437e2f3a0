import { hrtime } from 'node:process';

/**
 * Milliseconds by a clock that never jumps (CLOCK_MONOTONIC), the same in every thread. Read for each batch of packets,
 * when nothing of it is in a cache: `performance.now` asks first whose method it is, which takes as long again then.
 */
export function monotonicMs(): number {
  const time = hrtime();
  return time[0] * 1e3 + time[1] / 1e6;
}
