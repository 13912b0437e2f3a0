import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { CHATGATE } from './compiled.ts';

/** Why the gateway tests cannot run here, in plain words; null where they can. Changes nothing on the machine. */
export function missingForRig(): string | null {
  if (process.getuid?.() !== 0) return 'not root: network namespaces need it (run with sudo)';
  for (const [command, args] of COMMANDS) {
    if (spawnSync(command, args).error) return `${command} is not installed (run scripts/prepare.sh)`;
  }
  const scratch = `chatgate-${process.pid}-0-probe`;
  try {
    if (spawnSync('ip', ['netns', 'add', scratch]).status !== 0)
      return 'this kernel or container forbids network namespaces';
    const veth = ['-n', scratch, 'link', 'add', 'veth0', 'type', 'veth', 'peer', 'name', 'veth1'];
    if (spawnSync('ip', veth).status !== 0) return 'this kernel has no veth';
  } finally {
    spawnSync('ip', ['netns', 'del', scratch]);
  }
  return null;
}

/** Why tests of the running gateway cannot run here; null where they can. */
export function missingForGateway(): string | null {
  const missing = missingForRig();
  if (missing !== null) return missing;
  if (!existsSync('/proc/net/netfilter/nfnetlink_queue') && spawnSync('modprobe', ['nfnetlink_queue']).status !== 0) {
    return 'this kernel has no nfnetlink_queue';
  }
  return existsSync(CHATGATE) ? null : `${CHATGATE} is missing (run npm run build)`;
}

const COMMANDS: readonly (readonly [string, readonly string[]])[] = [
  ['ip', ['-V']],
  ['iptables', ['--version']],
  ['curl', ['--version']],
  ['openssl', ['version']],
];
