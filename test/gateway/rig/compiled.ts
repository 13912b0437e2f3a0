import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's folder, found from the source tree and from the compiled one alike. */
export const ROOT = findRoot(dirname(fileURLToPath(import.meta.url)));

/** What Node can run of the rig: it runs in processes of its own, and Node 20 does not read TypeScript. */
export function compiled(script: 'agent-main.js'): string {
  const path = join(ROOT, 'demo/dist/test/gateway/rig', script);
  if (!existsSync(path)) throw new Error(`${path} is missing: run \`npm run build:demo\``);
  return path;
}

export const CHATGATE = join(ROOT, 'dist/main.cjs');

function findRoot(from: string): string {
  if (existsSync(join(from, 'package-lock.json'))) return from;
  const parent = dirname(from);
  if (parent === from) throw new Error('no package-lock.json above the rig');
  return findRoot(parent);
}
