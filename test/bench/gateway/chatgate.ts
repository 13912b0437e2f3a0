import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHATGATE } from '../../gateway/rig/compiled.ts';
import { type Daemon, startDaemon } from '../../gateway/rig/daemon.ts';
import { runIn } from '../../gateway/rig/namespaces.ts';
import type { Contestant } from './contestant.ts';
import { setKernel } from './kernel-settings.ts';
import { LAN_INTERFACE, type Network } from './network.ts';

/** The gateway as it is installed: the kernel's settings, the shipped packs, a log, as many workers as it takes untold. */
export const chatgate: Contestant = {
  name: 'chatgate',
  missing: () => (existsSync(CHATGATE) ? null : `${CHATGATE} is missing`),
  async start(network) {
    const undoSettings = setKernel(network.router);
    const daemon = await startChatgate(network);
    return {
      pids: [daemon.pid],
      async stop() {
        await daemon.stop();
        removeRules(network);
        undoSettings();
      },
    };
  },
};

/** Its rules stay when it stops. */
export function startChatgate(network: Network): Promise<Daemon> {
  return startDaemon(network.router, process.execPath, [CHATGATE, 'run', '--config', configure(network)], /^ready\b/m);
}

export function removeRules({ router }: Network): void {
  runIn(router, process.execPath, [CHATGATE, 'firewall', 'remove']);
}

function configure({ folder }: Network): string {
  const file = join(folder, 'chatgate.yaml');
  const lines = [
    `lan: [${LAN_INTERFACE}]`,
    'allow: [wechat, qq]',
    `log: { file: ${join(folder, 'verdicts.jsonl')} }`,
    'when_down: closed',
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}
