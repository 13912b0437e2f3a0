import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { addressOf, BACKBONE, FAMILIES, hostAddress, LAN, SERVICES, WAN, withoutPrefix } from './addresses.ts';
import { Agent } from './agent.ts';
import { CRAFTED_MARK } from './craft/segment.ts';
import { undoAtEnd } from './lifetime.ts';
import { ipIn, removeLeftovers, removeNamespace, run, runIn } from './namespaces.ts';

export interface RigOptions {
  /** The gateway hides the phone behind its own address, as real hotspots do. */
  readonly masquerade?: boolean;
}

/**
 * phone – gateway – provider – internet, each a network namespace, both IP families everywhere.
 * The provider stands between gateway and servers, so that a packet can pass the gateway and yet die on its way.
 */
export interface Rig {
  readonly phone: Agent;
  /** An agent on the servers' side, for what is opened from outside. */
  readonly internet: Agent;
  /** The namespace the gateway's own processes belong in. */
  readonly gateway: string;
  /** The gateway's interface towards the phone. */
  readonly lanInterface: string;
  /** A scratch folder that goes when the rig goes. */
  readonly folder: string;
  /** Drops what the provider would carry to this port, in both families, until `unblockAll`. */
  block(protocol: 'tcp' | 'udp', port: number): void;
  unblockAll(): void;
  /** Removes everything; also happens by itself however the process ends. */
  remove(): void;
}

const REACHABLE_MS = 5000;

let made = 0;

export async function makeRig(options: RigOptions = {}): Promise<Rig> {
  removeLeftovers();
  made += 1;
  const prefix = `chatgate-${process.pid}-${made}`;
  const folder = mkdtempSync(join(tmpdir(), `${prefix}-`));
  const names = {
    phone: `${prefix}-phone`,
    gateway: `${prefix}-gw`,
    provider: `${prefix}-isp`,
    internet: `${prefix}-net`,
  };
  const remove = undoAtEnd(() => {
    for (const name of Object.values(names)) removeNamespace(name);
    rmSync(folder, { recursive: true, force: true });
  });
  try {
    wire(names);
    if (options.masquerade === true) masquerade(names.gateway);
    const [phone, internet] = await Promise.all([Agent.start(names.phone), Agent.start(names.internet, folder)]);
    for (const family of FAMILIES) await reachable(phone, addressOf('web', family));
    return {
      phone,
      internet,
      gateway: names.gateway,
      lanInterface: 'wlan0',
      folder,
      block: (protocol, port) => {
        for (const iptables of ['iptables', 'ip6tables']) {
          runIn(names.provider, iptables, [
            '-w',
            '-A',
            'FORWARD',
            '-p',
            protocol,
            '--dport',
            String(port),
            '-j',
            'DROP',
          ]);
        }
      },
      unblockAll: () => {
        for (const iptables of ['iptables', 'ip6tables']) runIn(names.provider, iptables, ['-w', '-F', 'FORWARD']);
      },
      remove,
    };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Links take a moment to carry their first packet. */
async function reachable(phone: Agent, address: string): Promise<void> {
  const until = performance.now() + REACHABLE_MS;
  while (performance.now() < until) {
    const connection = await phone.connect(address, 80, 200);
    if (connection.error === null) return connection.close();
    await sleep(10);
  }
  throw new Error(`the phone does not reach ${address} through the gateway`);
}

interface Names {
  readonly phone: string;
  readonly gateway: string;
  readonly provider: string;
  readonly internet: string;
}

function wire({ phone, gateway, provider, internet }: Names): void {
  for (const name of [phone, gateway, provider, internet]) {
    run('ip', ['netns', 'add', name]);
    // Before any link exists: no waiting for duplicate address detection, no autoconfiguration.
    runIn(name, 'sysctl', ['-q', '-w', 'net.ipv6.conf.default.accept_dad=0', 'net.ipv6.conf.default.accept_ra=0']);
    ipIn(name, ['link set lo up']);
  }
  for (const router of [gateway, provider]) {
    runIn(router, 'sysctl', ['-q', '-w', 'net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1']);
  }
  ipIn(gateway, [
    `link add wlan0 type veth peer name wlan0 netns ${phone}`,
    `link add eth0 type veth peer name gateway netns ${provider}`,
  ]);
  ipIn(internet, [`link add eth0 type veth peer name internet netns ${provider}`]);
  ipIn(phone, [...up('wlan0', LAN.near), ...defaultRoutes(LAN.far)]);
  ipIn(gateway, [...up('wlan0', LAN.far), ...up('eth0', WAN.near), ...defaultRoutes(WAN.far)]);
  ipIn(provider, [
    ...up('gateway', WAN.far),
    ...up('internet', BACKBONE.far),
    ...FAMILIES.map((family) => `route add ${network(LAN.near[family])} via ${withoutPrefix(WAN.near[family])}`),
  ]);
  ipIn(internet, [...up('eth0', BACKBONE.near), ...serviceAddresses(), ...defaultRoutes(BACKBONE.far)]);
  askNeighboursQuickly(phone, 'wlan0');
  askNeighboursQuickly(gateway, 'wlan0', 'eth0');
  askNeighboursQuickly(provider, 'gateway', 'internet');
  askNeighboursQuickly(internet, 'eth0');
  for (const iptables of ['iptables', 'ip6tables']) {
    // The phone's kernel knows nothing of hand-made connections and would reset them.
    runIn(phone, iptables, [
      ...['-w', '-A', 'OUTPUT', '-p', 'tcp', '--sport', '40000:40999', '--tcp-flags', 'RST', 'RST'],
      ...['-m', 'mark', '!', '--mark', String(CRAFTED_MARK), '-j', 'DROP'],
    ]);
  }
}

function up(link: string, addresses: { readonly IPv4: string; readonly IPv6: string }): string[] {
  return [
    `address add ${addresses.IPv4} dev ${link}`,
    `address add ${addresses.IPv6} dev ${link} nodad`,
    `link set ${link} up`,
  ];
}

/** A first question lost while a link comes up would otherwise cost a second. */
function askNeighboursQuickly(namespace: string, ...links: readonly string[]): void {
  const settings = links.flatMap((link) => [4, 6].map((ip) => `net.ipv${ip}.neigh.${link}.retrans_time_ms=20`));
  runIn(namespace, 'sysctl', ['-q', '-w', ...settings]);
}

function defaultRoutes(via: { readonly IPv4: string; readonly IPv6: string }): string[] {
  return FAMILIES.map((family) => `route add default via ${withoutPrefix(via[family])}`);
}

function serviceAddresses(): string[] {
  return Object.values(SERVICES).flatMap((host) => [
    `address add ${hostAddress(host, 'IPv4')}/24 dev eth0`,
    `address add ${hostAddress(host, 'IPv6')}/64 dev eth0 nodad`,
  ]);
}

function network(address: string): string {
  return address.replace(/\.\d+\/24$/, '.0/24').replace(/::2\/64$/, '::/64');
}

function masquerade(gateway: string): void {
  for (const iptables of ['iptables', 'ip6tables']) {
    runIn(gateway, iptables, ['-w', '-t', 'nat', '-A', 'POSTROUTING', '-o', 'eth0', '-j', 'MASQUERADE']);
  }
}
