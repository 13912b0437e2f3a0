import { readFileSync } from 'node:fs';

/** Linux counts processor time for /proc in hundredths of a second (USER_HZ). */
const MS_PER_TICK = 10;
const SAMPLE_MS = 100;

/** Processor time used so far, all threads, user and system together. */
export function processorMs(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    return sum + ((fields[11] ?? 0) + (fields[12] ?? 0)) * MS_PER_TICK;
  }, 0);
}

/** Resident memory now. */
export function residentMb(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return sum + (Number(kib) * 1024) / 1e6;
  }, 0);
}

/** The most resident memory seen while `work` goes on. */
export async function peakResidentMb<T>(pids: readonly number[], work: Promise<T>): Promise<[T, number]> {
  let peak = residentMb(pids);
  const timer = setInterval(() => {
    peak = Math.max(peak, residentMb(pids));
  }, SAMPLE_MS);
  try {
    return [await work, peak];
  } finally {
    clearInterval(timer);
  }
}
