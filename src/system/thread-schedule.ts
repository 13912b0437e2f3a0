import { getPriority, setPriority } from 'node:os';
import { cLibrary } from './c-library.ts';

/** Source: linux/sched.h. */
const POLICY = { batch: 3, idle: 5 } as const;
/** struct sched_param: one int, which these policies want 0. */
const PARAMETERS = new Uint8Array(4);

/** Source: asm-generic/resource.h, linux/resource.h. */
const RLIMIT_NICE = 13;
const LEAST_NICE = -20;
const NICE_RANGE = 20;

/**
 * How a thread shares the processors (sched(7)). Neither interrupts others when there is work for it.
 * - `batch`: it gets its share all the same (SCHED_BATCH).
 * - `idle`: it gets what the others leave (SCHED_IDLE), and whoever wakes up takes the processor it is running on for
 *   an idle one.
 */
export type Schedule = keyof typeof POLICY;

/** This thread's number, by which the kernel and the other threads know it. */
export function threadId(): number {
  return cLibrary().func('int gettid()')();
}

/** @param thread one of this process. Answers false where the kernel does not allow it. */
export function scheduleThread(thread: number, schedule: Schedule): boolean {
  const setScheduler = cLibrary().func('int sched_setscheduler(int, int, void *)');
  return setScheduler(thread, POLICY[schedule], PARAMETERS) === 0;
}

/**
 * Whether threads may leave `idle` again, which the kernel lets them by privilege (CAP_SYS_NICE) or by a limit
 * (RLIMIT_NICE). Tried out by being less nice for a moment, which takes either.
 */
export function canLeaveIdle(): boolean {
  const nice = getPriority();
  try {
    setPriority(Math.max(nice - 1, LEAST_NICE));
    setPriority(nice);
    return true;
  } catch {
    return limitsNiceness() >= NICE_RANGE - nice;
  }
}

/** A thread may be as nice as 20 less this, or nicer. */
function limitsNiceness(): number {
  const limits = new BigUint64Array(2);
  const failed = cLibrary().func('int getrlimit(int, void *)')(RLIMIT_NICE, limits) !== 0;
  return failed ? 0 : Number(limits[0]);
}
