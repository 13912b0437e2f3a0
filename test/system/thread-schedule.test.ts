import { readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { expect, test } from 'vitest';
import { canLeaveIdle, scheduleThread, threadId } from '../../src/system/thread-schedule.ts';

/** The 41st field of /proc/PID/stat (proc(5)); counted behind the command's name, which may hold spaces. */
function schedulingPolicy(): string | undefined {
  return readFileSync('/proc/thread-self/stat', 'latin1').split(') ').at(-1)?.split(' ')[38];
}

test('a thread is scheduled as it is told, and leaves the idle ones again where it can', (context) => {
  const nice = getPriority();
  const canLeave = canLeaveIdle();
  expect(getPriority()).toBe(nice);
  expect(scheduleThread(threadId(), 'batch')).toBe(true);
  expect(schedulingPolicy()).toBe('3');
  if (!canLeave) context.skip('leaving SCHED_IDLE takes CAP_SYS_NICE or RLIMIT_NICE');
  expect(scheduleThread(threadId(), 'idle')).toBe(true);
  expect(schedulingPolicy()).toBe('5');
  expect(scheduleThread(threadId(), 'batch')).toBe(true);
  expect(schedulingPolicy()).toBe('3');
});

test('there is no thread of a number that nobody has', () => {
  expect(scheduleThread(2 ** 30, 'batch')).toBe(false);
});
