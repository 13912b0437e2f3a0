import { spawnSync } from 'node:child_process';

/** Whether a program is there to be run. */
export function isInstalled(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`], { env: { ...process.env, PATH: PATH_OF_ROOT } }).status === 0;
}

const PATH_OF_ROOT = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;
