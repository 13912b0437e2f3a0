import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { undoAtEnd } from '../../gateway/rig/lifetime.ts';
import { ipIn, removeLeftovers, removeNamespace, run, runIn } from '../../gateway/rig/namespaces.ts';

/** Addresses set aside for measuring network devices (RFC 2544 appendix C.2.2). */
export const CLIENT = '198.18.0.2';
export const SERVER = '198.19.0.2';
/** Allowed by the shipped policy: one asked for by HTTP, one by TLS. */
export const HTTP_NAME = 'short.weixin.qq.com';
export const TLS_NAME = 'wx.qq.com';
export const LAN_INTERFACE = 'lan0';

/** client – router – server, each a network namespace; the router tracks connections, as every hotspot does. */
export interface Network {
  readonly client: string;
  readonly router: string;
  readonly server: string;
  /** A scratch folder that goes when the network goes. */
  readonly folder: string;
  /** The router forgets every connection. */
  forgetConnections(): void;
  /** Removes everything; also happens by itself however the process ends. */
  remove(): void;
}

let made = 0;

export function makeNetwork(): Network {
  removeLeftovers();
  made += 1;
  const prefix = `chatgate-${process.pid}-${made}`;
  const folder = mkdtempSync(join(tmpdir(), `${prefix}-`));
  const [client, router, server] = [`${prefix}-client`, `${prefix}-router`, `${prefix}-server`];
  const namesFolder = `/etc/netns/${client}`;
  const remove = undoAtEnd(() => {
    for (const namespace of [client, router, server]) removeNamespace(namespace);
    rmSync(folder, { recursive: true, force: true });
    rmSync(namesFolder, { recursive: true, force: true });
  });
  try {
    // `ip netns exec` shows this file as /etc/hosts.
    mkdirSync(namesFolder, { recursive: true });
    writeFileSync(join(namesFolder, 'hosts'), `${SERVER} ${HTTP_NAME} ${TLS_NAME}\n`);
    wire(client, router, server);
  } catch (error) {
    remove();
    throw error;
  }
  return { client, router, server, folder, forgetConnections: () => void runIn(router, 'conntrack', ['-F']), remove };
}

function wire(client: string, router: string, server: string): void {
  for (const name of [client, router, server]) {
    run('ip', ['netns', 'add', name]);
    ipIn(name, ['link set lo up']);
  }
  ipIn(router, [
    `link add ${LAN_INTERFACE} type veth peer name eth0 netns ${client}`,
    `link add wan0 type veth peer name eth0 netns ${server}`,
    `address add 198.18.0.1/24 dev ${LAN_INTERFACE}`,
    'address add 198.19.0.1/24 dev wan0',
    `link set ${LAN_INTERFACE} up`,
    'link set wan0 up',
  ]);
  ipIn(client, [`address add ${CLIENT}/24 dev eth0`, 'link set eth0 up', 'route add default via 198.18.0.1']);
  ipIn(server, [`address add ${SERVER}/24 dev eth0`, 'link set eth0 up', 'route add default via 198.19.0.1']);
  runIn(router, 'sysctl', ['-q', '-w', 'net.ipv4.ip_forward=1']);
  runIn(client, 'sysctl', ['-q', '-w', 'net.ipv4.ip_local_port_range=1024 65535', 'net.ipv4.tcp_tw_reuse=1']);
  runIn(server, 'sysctl', ['-q', '-w', 'net.core.somaxconn=4096', 'net.ipv4.tcp_max_syn_backlog=4096']);
  // A rule that asks for a connection's state is what makes the kernel track connections at all.
  runIn(router, 'iptables', ['-w', '-A', 'INPUT', '-m', 'conntrack', '--ctstate', 'ESTABLISHED', '-j', 'ACCEPT']);
}
