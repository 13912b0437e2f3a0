import { setTimeout as sleep } from 'node:timers/promises';
import { spawnIn } from './namespaces.ts';
import { saidBy } from './said-by.ts';

/** Long enough for an emulated machine; where all is well nobody waits for it. */
const READY_MS = 60_000;
const LOOK_AGAIN_MS = 2;

/** An exit code, or the signal that ended it. */
export type Ending = number | NodeJS.Signals;

/** A program that goes on running inside a namespace. */
export interface Daemon {
  readonly pid: number;
  /** What it has printed so far. */
  readonly output: string;
  readonly ended: Promise<Ending>;
  stop(signal?: NodeJS.Signals): Promise<Ending>;
}

/** Resolves once it has said what `ready` looks for. @throws Error where it ends before that, or takes too long. */
export async function startDaemon(
  namespace: string,
  command: string,
  args: readonly string[],
  ready: RegExp,
): Promise<Daemon> {
  const child = spawnIn(namespace, command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = saidBy(child);
  let over: Ending | null = null;
  const ended = new Promise<Ending>((resolve) => {
    child.on('close', (code, signal) => {
      over = code ?? signal ?? -1;
      resolve(over);
    });
  });
  const until = performance.now() + READY_MS;
  while (!ready.test(said.text)) {
    if (over !== null || performance.now() > until) {
      child.kill('SIGKILL');
      throw new Error(`${[command, ...args].join(' ')} is not ready (${over ?? 'out of time'}):\n${said.text}`);
    }
    await sleep(LOOK_AGAIN_MS);
  }
  return {
    // `ip netns exec` becomes the program.
    pid: child.pid ?? 0,
    get output() {
      return said.text;
    },
    ended,
    stop(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
  };
}
