import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

const READY_MS = 30_000;

export interface Daemon {
  readonly pid: number;
  stop(): Promise<void>;
}

/** Runs a program inside a namespace. Resolves once it has said what `ready` looks for. */
export async function startDaemon(namespace: string, command: readonly string[], ready: RegExp): Promise<Daemon> {
  const child = spawn('ip', ['netns', 'exec', namespace, ...command], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let isOver = false;
  const ended = new Promise<void>((resolve) => {
    child.on('close', () => {
      isOver = true;
      resolve();
    });
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      output += text;
    });
  }
  const until = performance.now() + READY_MS;
  while (!ready.test(output)) {
    if (isOver || performance.now() > until) {
      child.kill('SIGKILL');
      throw new Error(`${command.join(' ')} is not ready:\n${output}`);
    }
    await sleep(2);
  }
  return {
    // `ip netns exec` becomes the program.
    pid: child.pid ?? 0,
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}
