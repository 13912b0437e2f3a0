import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { startDaemon } from '../../gateway/rig/daemon.ts';
import { runIn } from '../../gateway/rig/namespaces.ts';
import type { Contestant } from './contestant.ts';

const PROGRAM = fileURLToPath(new URL('./accept-all-main.js', import.meta.url));

/** Every packet goes to user space and is accepted unread: what the queue itself costs. */
export const acceptAll: Contestant = {
  name: 'everything queued',
  missing: () => null,
  async start({ router }) {
    const last = availableParallelism() - 1;
    const numbers = Array.from({ length: last + 1 }, (_, queue) => String(queue));
    const daemons = await Promise.all(
      numbers.map((queue) => startDaemon(router, process.execPath, [PROGRAM, queue], /^ready$/m)),
    );
    const target = last === 0 ? ['--queue-num', '0'] : ['--queue-balance', `0:${last}`];
    const rule = ['FORWARD', '-j', 'NFQUEUE', ...target];
    runIn(router, 'iptables', ['-w', '-t', 'mangle', '-A', ...rule]);
    return {
      pids: daemons.map(({ pid }) => pid),
      async stop() {
        runIn(router, 'iptables', ['-w', '-t', 'mangle', '-D', ...rule]);
        await Promise.all(daemons.map((daemon) => daemon.stop()));
      },
    };
  },
};
