import koffi from 'koffi';

/** Source: linux/sched.h. */
const SCHED_BATCH = 3;
/** struct sched_param: one int, which this policy wants 0. */
const PARAMETERS = new Uint8Array(4);
const THIS_THREAD = 0;

/**
 * Lets this thread no longer interrupt others that are running when there is work for it (sched(7), SCHED_BATCH). It
 * gets its share of the processor as before, and at once where one is idle; where all are busy it finds more work at
 * a time, and the others keep their caches. Answers false where the kernel does not allow it.
 */
export function scheduleAsBatch(): boolean {
  const setScheduler = koffi.load(null).func('int sched_setscheduler(int, int, void *)');
  return setScheduler(THIS_THREAD, SCHED_BATCH, PARAMETERS) === 0;
}
