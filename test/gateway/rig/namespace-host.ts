import { fileURLToPath } from 'node:url';
import { type Host, thisHost } from '../../../src/firewall/host.ts';

const NFNETLINK = fileURLToPath(new URL('./nfnetlink-in-namespace.mjs', import.meta.url));

const IPTABLES = /^(ip6?tables)(?:-nft|-legacy)?(-save|-restore)?$/;

/**
 * The firewall's host as a namespace.
 * @param variant stands behind the plain name `iptables`, as if the box's owner had chosen it.
 */
export function hostIn(namespace: string, variant: 'nft' | 'legacy' = 'nft'): Host {
  const actual = (word: string): string =>
    /-(nft|legacy)/.test(word) ? word : word.replace(IPTABLES, `$1-${variant}$2`);
  return {
    run(command, args, input) {
      const words = [command, ...args].map(actual);
      const done = thisHost.run('ip', ['netns', 'exec', namespace, ...words], input);
      const isMissing = done.exitCode === 255 && done.stderr.startsWith('exec of ');
      return isMissing ? { exitCode: null, stdout: '', stderr: '' } : done;
    },
    requestNfnetlink(datagram) {
      const message = Buffer.from(datagram).toString('hex');
      const done = thisHost.run('ip', ['netns', 'exec', namespace, process.execPath, NFNETLINK, message]);
      if (done.exitCode !== 0) throw new Error(done.stderr);
      return JSON.parse(done.stdout);
    },
    legacyTables() {
      const files = ['/proc/net/ip_tables_names', '/proc/net/ip6_tables_names'];
      return thisHost.run('ip', ['netns', 'exec', namespace, 'cat', ...files]).stdout.split('\n');
    },
    kernelRelease: () => thisHost.kernelRelease(),
    speaksIpv6: () => thisHost.speaksIpv6(),
  };
}
