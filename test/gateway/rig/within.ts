import { closeSync, openSync } from 'node:fs';
import { cLibrary } from '../../../src/system/c-library.ts';

/** Source: linux/sched.h. */
const CLONE_NEWNET = 0x40000000;

/**
 * Does something with this thread inside a network namespace (setns(2)), and the programs it starts; far quicker than
 * `ip netns exec`, which a program of its own is needed for.
 * @throws Error, and then nothing was done, where the namespace cannot be entered.
 */
export function within<T>(namespace: string, act: () => T): T {
  const outside = openSync('/proc/thread-self/ns/net', 'r');
  try {
    enter(openSync(`/run/netns/${namespace}`, 'r'), `the namespace ${namespace}`);
    return act();
  } finally {
    enter(outside, 'the namespace this came from');
  }
}

/** Closes the file. */
function enter(file: number, what: string): void {
  const failed = cLibrary().func('int setns(int, int)')(file, CLONE_NEWNET) !== 0;
  closeSync(file);
  if (failed) throw new Error(`${what} cannot be entered`);
}
