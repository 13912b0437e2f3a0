import { spawnIn } from '../../gateway/rig/namespaces.ts';

/** Runs a program inside a namespace to its end. @returns all it said, whatever its exit. */
export function outputIn(namespace: string, command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawnIn(namespace, command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8');
      stream?.on('data', (more: string) => {
        text += more;
      });
    }
    child.on('error', reject);
    child.on('close', () => resolve(text));
  });
}
