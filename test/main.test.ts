import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CHATGATE } from './gateway/rig/compiled.ts';

/** The exit status of the command in front of the pipe, and what it complains of outside of that. */
function pipedAway(args: string): readonly [number | null, string] {
  const command = `set -o pipefail; "${process.execPath}" "${CHATGATE}" ${args} | true`;
  const { status, stderr } = spawnSync('bash', ['-c', command], { encoding: 'utf8' });
  return [status, stderr];
}

test.skipIf(!existsSync(CHATGATE))('what is printed for somebody who has read enough is no failure', () => {
  expect(pipedAway('--help')).toEqual([0, '']);
  expect(pipedAway('explain --help')).toEqual([0, '']);
  expect(pipedAway('check /nowhere.yaml 2>&1')).toEqual([2, '']);
});
