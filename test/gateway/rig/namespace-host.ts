import { type Host, thisHost } from '../../../src/firewall/host.ts';
import { within } from './within.ts';

const IPTABLES = /^(ip6?tables)(?:-nft|-legacy)?(-save|-restore)?$/;

/**
 * The firewall's host as a namespace.
 * @param variant stands behind the plain name `iptables`, as if the box's owner had chosen it.
 */
export function hostIn(namespace: string, variant: 'nft' | 'legacy' = 'nft'): Host {
  const actual = (word: string): string =>
    /-(nft|legacy)/.test(word) ? word : word.replace(IPTABLES, `$1-${variant}$2`);
  return {
    run: (command, args, input) => within(namespace, () => thisHost.run(actual(command), args.map(actual), input)),
    requestNfnetlink: (datagram) => within(namespace, () => thisHost.requestNfnetlink(datagram)),
    legacyTables: () => within(namespace, () => thisHost.legacyTables()),
    kernelRelease: () => thisHost.kernelRelease(),
    speaksIpv6: () => thisHost.speaksIpv6(),
  };
}
