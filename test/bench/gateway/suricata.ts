import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startDaemon } from '../../gateway/rig/daemon.ts';
import { runIn } from '../../gateway/rig/namespaces.ts';
import { isInstalled } from '../installed.ts';
import type { Contestant } from './contestant.ts';

/** A folder that holds a system with Suricata in it, where this system has none. */
const TREE = process.env['SURICATA_TREE'] ?? null;

const RULES = [
  'pass http any any -> any any (http.host; pcre:"/(^|\\.)qq\\.com$/"; sid:1;)',
  'pass tls any any -> any any (tls.sni; pcre:"/(^|\\.)qq\\.com$/"; sid:2;)',
  'drop http any any -> any any (sid:3;)',
  'drop tls any any -> any any (sid:4;)',
];

/** Suricata as an inline filter with a list like ours. */
export const suricata: Contestant = {
  name: 'Suricata inline',
  missing() {
    if (TREE !== null) return existsSync(join(TREE, 'usr/bin/suricata')) ? null : `no Suricata in ${TREE}`;
    return isInstalled('suricata') ? null : 'Suricata is not installed, nor does SURICATA_TREE name a tree with it';
  },
  async start({ router }) {
    const rules = '/tmp/chatgate-bench.rules';
    writeFileSync(`${TREE ?? ''}${rules}`, `${RULES.join('\n')}\n`);
    const input = ['-c', '/etc/suricata/suricata.yaml', '-S', rules, '-q', '0', '--runmode', 'autofp'];
    const settings = ['--set', 'nfq.mode=accept', '--set', 'stream.inline=yes'];
    const [command, inTree] = TREE === null ? ['suricata', []] : ['chroot', [TREE, 'suricata']];
    const args = [...inTree, ...input, ...settings];
    const daemon = await startDaemon(router, command, args, /Engine started|engine started/);
    const rule = ['FORWARD', '-j', 'NFQUEUE', '--queue-num', '0'];
    runIn(router, 'iptables', ['-w', '-t', 'mangle', '-A', ...rule]);
    return {
      pids: [daemon.pid],
      async stop() {
        runIn(router, 'iptables', ['-w', '-t', 'mangle', '-D', ...rule]);
        await daemon.stop();
      },
    };
  },
};
