import { spawnIn } from '../../gateway/rig/namespaces.ts';
import { saidBy } from '../../gateway/rig/said-by.ts';

/** Runs a program inside a namespace to its end. @returns all it said, whatever its exit. */
export function outputIn(namespace: string, command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawnIn(namespace, command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const said = saidBy(child);
    child.on('error', reject);
    child.on('close', () => resolve(said.text));
  });
}
