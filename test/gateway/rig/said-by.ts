import type { ChildProcess } from 'node:child_process';

/** What a program has said so far, on whichever of its outputs there is a pipe for. */
export function saidBy({ stdout, stderr }: Pick<ChildProcess, 'stdout' | 'stderr'>): { readonly text: string } {
  const said = { text: '' };
  for (const stream of [stdout, stderr]) {
    stream?.setEncoding('utf8');
    stream?.on('data', (more: string) => {
      said.text += more;
    });
  }
  return said;
}
