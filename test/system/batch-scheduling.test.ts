import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { scheduleAsBatch } from '../../src/system/batch-scheduling.ts';

const SCHED_BATCH = '3';

/** The 41st field of /proc/PID/stat (proc(5)); counted behind the command's name, which may hold spaces. */
function schedulingPolicy(): string | undefined {
  return readFileSync('/proc/thread-self/stat', 'latin1').split(') ').at(-1)?.split(' ')[38];
}

test('a thread becomes one that waits for others’ turns to end', () => {
  expect(scheduleAsBatch()).toBe(true);
  expect(schedulingPolicy()).toBe(SCHED_BATCH);
});
