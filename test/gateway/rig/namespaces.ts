import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Names are `chatgate-<pid>-<n>-<role>`: whoever finds one can tell whether its maker still lives. */
const NAME = /^chatgate-(\d+)-\d+/;

/** @throws Error with what the command printed, unless it exits with 0. */
export function run(command: string, args: readonly string[], input?: string): string {
  const result = spawnSync(command, args, { input, encoding: 'utf8', timeout: 20_000, maxBuffer: 16 * 1024 * 1024 });
  if (result.error) throw result.error;
  if (result.status !== 0) {
    throw new Error(`${[command, ...args].join(' ')}: exit ${result.status ?? result.signal}: ${result.stderr.trim()}`);
  }
  return result.stdout;
}

export function runIn(namespace: string, command: string, args: readonly string[], input?: string): string {
  return run('ip', ['netns', 'exec', namespace, command, ...args], input);
}

/** What was started inside each namespace and has not ended. */
const started = new Map<string, Set<ChildProcess>>();

/** Starts a command inside a namespace; it ends with the namespace at the latest. */
export function spawnIn(
  namespace: string,
  command: string,
  args: readonly string[],
  options: SpawnOptions,
): ChildProcess {
  const child = spawn('ip', ['netns', 'exec', namespace, command, ...args], options);
  const inside = started.get(namespace) ?? new Set();
  started.set(namespace, inside.add(child));
  child.on('exit', () => inside.delete(child));
  return child;
}

/** Runs several `ip` commands, one a line, inside a namespace. */
export function ipIn(namespace: string, commands: readonly string[]): void {
  run('ip', ['-n', namespace, '-batch', '-'], `${commands.join('\n')}\n`);
}

/** Ends every process that runs inside and removes the namespace; one that is gone already is no error. */
export function removeNamespace(namespace: string): void {
  // By themselves first: one that is only just on its way in is not inside yet.
  for (const child of started.get(namespace) ?? []) child.kill('SIGKILL');
  started.delete(namespace);
  const inside = spawnSync('ip', ['netns', 'pids', namespace], { encoding: 'utf8' });
  for (const pid of (inside.stdout ?? '').split(/\s+/).filter(Boolean)) kill(Number(pid), 'SIGKILL');
  spawnSync('ip', ['netns', 'del', namespace]);
}

export function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
}

/** Removes the namespaces and scratch folders of runs that were killed before they could. */
export function removeLeftovers(): string[] {
  const removed: string[] = [];
  for (const namespace of listNamespaces().filter(isOrphan)) {
    removeNamespace(namespace);
    removed.push(namespace);
  }
  for (const folder of readdirSync(tmpdir()).filter(isOrphan)) {
    rmSync(join(tmpdir(), folder), { recursive: true, force: true });
    removed.push(folder);
  }
  return removed;
}

export function listNamespaces(): string[] {
  return run('ip', ['netns', 'list'])
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '')
    .filter((name) => NAME.test(name));
}

function isOrphan(name: string): boolean {
  const pid = NAME.exec(name)?.[1];
  return pid !== undefined && !isAlive(Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
