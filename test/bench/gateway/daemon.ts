import { setTimeout as sleep } from 'node:timers/promises';
import { spawnIn } from '../../gateway/rig/namespaces.ts';
import { saidBy } from '../../gateway/rig/said-by.ts';

const READY_MS = 30_000;

export interface Daemon {
  readonly pid: number;
  /** Resolves with all it said, once it has ended. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

/** Runs a program inside a namespace. Resolves once it has said what `ready` looks for. */
export async function startDaemon(
  namespace: string,
  command: string,
  args: readonly string[],
  ready: RegExp,
): Promise<Daemon> {
  const child = spawnIn(namespace, command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = saidBy(child);
  let isOver = false;
  const ended = new Promise<string>((resolve) => {
    child.on('close', () => {
      isOver = true;
      resolve(said.text);
    });
  });
  const until = performance.now() + READY_MS;
  while (!ready.test(said.text)) {
    if (isOver || performance.now() > until) {
      child.kill('SIGKILL');
      throw new Error(`${[command, ...args].join(' ')} is not ready:\n${said.text}`);
    }
    await sleep(2);
  }
  return {
    // `ip netns exec` becomes the program.
    pid: child.pid ?? 0,
    ended,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
