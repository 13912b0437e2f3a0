import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../gateway/rig/compiled.ts';
import { runIn } from '../../gateway/rig/namespaces.ts';
import type { Contestant } from './contestant.ts';

/** What the installation has the kernel set. */
const FILE = join(ROOT, 'systemd/sysctl.conf');

/** Has the kernel of a router set as it is on a box where chatgate is installed. @returns what undoes that. */
export function setKernel(router: string): () => void {
  const before = namesIn(readFileSync(FILE, 'utf8')).map((name) => `${name}=${sysctl(router, '-n', name).trim()}`);
  sysctl(router, '-q', '-p', FILE);
  return () => void sysctl(router, '-q', '-w', ...before);
}

/** The settings without the rules, for what they do by themselves. */
export const settingsAlone: Contestant = {
  name: 'its settings alone',
  missing: () => null,
  async start({ router }) {
    const undo = setKernel(router);
    return { pids: [], stop: async () => undo() };
  },
};

function namesIn(text: string): readonly string[] {
  return [...text.matchAll(/^-?([^#\s]+) *=/gm)].map(([, name = '']) => name);
}

function sysctl(router: string, ...args: readonly string[]): string {
  return runIn(router, 'sysctl', args);
}
