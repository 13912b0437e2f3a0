import { spawnIn } from './namespaces.ts';
import { saidBy } from './said-by.ts';

export interface Ended {
  /** -1 where a signal ended it. */
  readonly exit: number;
  /** All it said. */
  readonly output: string;
}

export interface RunOptions {
  /** What it reads; nothing where this is missing. */
  readonly input?: Uint8Array | undefined;
  /** Whether what it says on standard error belongs to its output, or is lost. */
  readonly stderr?: 'pipe' | 'ignore';
}

/** Runs a program inside a namespace to its end, while this one goes on. */
export function runToEnd(
  namespace: string,
  command: string,
  args: readonly string[],
  { input, stderr = 'pipe' }: RunOptions = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawnIn(namespace, command, args, {
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', stderr],
    });
    const said = saidBy(child);
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
    child.on('error', reject);
    child.on('close', (code) => resolve({ exit: code ?? -1, output: said.text }));
  });
}
