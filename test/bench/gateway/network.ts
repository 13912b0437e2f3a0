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

function nextPrefix(): string {
  made += 1;
  return `chatgate-${process.pid}-${made}`;
}

export function makeNetwork(): Network {
  removeLeftovers();
  const prefix = nextPrefix();
  const [client, server] = [`${prefix}-client`, `${prefix}-server`];
  return makeRouter(prefix, { client, server, nth: 0 }, () => makeEnds(client, server));
}

/**
 * The nth router between the client and the server of another network, from 1 on: its client is the same under another
 * name, under which names lead through this router. To be removed before that network.
 */
export function anotherRouter({ client: itsClient, server }: Network, nth: number): Network {
  const prefix = nextPrefix();
  const client = `${prefix}-client`;
  return makeRouter(prefix, { client, server, nth }, () => {
    writeFileSync(namespaceFile(client), '');
    run('mount', ['--bind', namespaceFile(itsClient), namespaceFile(client)]);
  });
}

interface Ends {
  readonly client: string;
  readonly server: string;
  /** The number of the router between them. */
  readonly nth: number;
}

function makeRouter(prefix: string, ends: Ends, prepare: () => void): Network {
  const { client, server, nth } = ends;
  const folder = mkdtempSync(join(tmpdir(), `${prefix}-`));
  const router = `${prefix}-router`;
  const namesFolder = `/etc/netns/${client}`;
  const remove = undoAtEnd(() => {
    if (nth === 0) for (const namespace of [client, server]) removeNamespace(namespace);
    else run('ip', ['netns', 'delete', client]);
    removeNamespace(router);
    rmSync(folder, { recursive: true, force: true });
    rmSync(namesFolder, { recursive: true, force: true });
  });
  try {
    // `ip netns exec` shows this file as /etc/hosts.
    mkdirSync(namesFolder, { recursive: true });
    writeFileSync(join(namesFolder, 'hosts'), `${serverAddress(nth)} ${HTTP_NAME} ${TLS_NAME}\n`);
    prepare();
    wire(router, ends);
  } catch (error) {
    remove();
    throw error;
  }
  return { client, router, server, folder, forgetConnections: () => void runIn(router, 'conntrack', ['-F']), remove };
}

function namespaceFile(name: string): string {
  return `/run/netns/${name}`;
}

function serverAddress(nth: number): string {
  return `198.19.${nth}.2`;
}

function makeNamespace(name: string): void {
  run('ip', ['netns', 'add', name]);
  ipIn(name, ['link set lo up']);
}

function makeEnds(client: string, server: string): void {
  for (const name of [client, server]) makeNamespace(name);
  runIn(client, 'sysctl', ['-q', '-w', 'net.ipv4.ip_local_port_range=1024 65535', 'net.ipv4.tcp_tw_reuse=1']);
  runIn(server, 'sysctl', ['-q', '-w', 'net.core.somaxconn=4096', 'net.ipv4.tcp_max_syn_backlog=4096']);
}

function wire(router: string, { client, server, nth }: Ends): void {
  makeNamespace(router);
  const device = `eth${nth}`;
  ipIn(router, [
    `link add ${LAN_INTERFACE} type veth peer name ${device} netns ${client}`,
    `link add wan0 type veth peer name ${device} netns ${server}`,
    `address add 198.18.${nth}.1/24 dev ${LAN_INTERFACE}`,
    `address add 198.19.${nth}.1/24 dev wan0`,
    `link set ${LAN_INTERFACE} up`,
    'link set wan0 up',
  ]);
  ipIn(client, [
    `address add 198.18.${nth}.2/24 dev ${device}`,
    `link set ${device} up`,
    `route add ${nth === 0 ? 'default' : `198.19.${nth}.0/24`} via 198.18.${nth}.1`,
  ]);
  ipIn(server, [
    `address add ${serverAddress(nth)}/24 dev ${device}`,
    `link set ${device} up`,
    `route add ${nth === 0 ? 'default' : `198.18.${nth}.0/24`} via 198.19.${nth}.1`,
  ]);
  runIn(router, 'sysctl', ['-q', '-w', 'net.ipv4.ip_forward=1']);
  // A rule that asks for a connection's state is what makes the kernel track connections at all.
  runIn(router, 'iptables', ['-w', '-A', 'INPUT', '-m', 'conntrack', '--ctstate', 'ESTABLISHED', '-j', 'ACCEPT']);
}
