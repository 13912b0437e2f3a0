import { readFileSync, writeFileSync } from 'node:fs';

/** Linux counts processor time for /proc in hundredths of a second (USER_HZ). */
const MS_PER_TICK = 10;
/** What has the kernel count the peak of a process's resident memory anew (proc(5), clear_refs). */
const FORGET_PEAK = '5';

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
  return megabytes('VmRSS', pids);
}

/** The most resident memory that each had while `work` went on, by the kernel's own count: nobody looks meanwhile. */
export async function peakResidentMb<T>(pids: readonly number[], work: () => Promise<T>): Promise<[T, number]> {
  for (const pid of pids) writeFileSync(`/proc/${pid}/clear_refs`, FORGET_PEAK);
  return [await work(), megabytes('VmHWM', pids)];
}

function megabytes(what: 'VmRSS' | 'VmHWM', pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    const kib = new RegExp(`${what}:\\s+(\\d+)`).exec(status)?.[1];
    return sum + (Number(kib) * 1024) / 1e6;
  }, 0);
}
