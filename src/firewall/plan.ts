import type { MarkLayout } from './mark.ts';

/** What the kernel is asked to do, whichever tool asks it. */
export interface FirewallPlan {
  /** Interfaces with phones behind them, at least one. They need not exist yet. */
  readonly lanInterfaces: readonly string[];
  /** NFQUEUE numbers `first` to `first + count - 1`; a flow keeps to one of them. */
  readonly queues: { readonly first: number; readonly count: number };
  readonly marks: MarkLayout;
  /** Server ports to which a SYN passes unseen, because only payload can tell what the connection is. */
  readonly tcpPorts: readonly number[];
  /** What becomes of packets for user space while nobody listens. */
  readonly whenDown: 'closed' | 'open';
  /** What becomes of a denied flow's packets: silence, or an answer that lets the phone give up at once. */
  readonly onDrop: 'drop' | 'reset';
  /**
   * Interfaces between which allowed flows take the kernel's short cut (a flowtable), past all other rules; they
   * must exist. Empty: none. Only nft can.
   */
  readonly offloadDevices: readonly string[];
}

/**
 * The priority a packet has that comes back from user space: the kernel sets small ones, from the IP header, and a
 * packet that comes from a network has no other. Any number above 16 bits will do; all parts have to agree on it.
 */
export const VERDICT_PRIORITY = 0x63686174;

/**
 * How many errors of the network (ICMP) about undecided flows reach the phones: enough for those that try a connection
 * in vain to learn so at once. What an error quotes of a packet can be anything, so that many of them would be a tunnel.
 */
export const UNDECIDED_ERRORS_A_SECOND = 20;

/** Our name for everything we make in the kernel, and the first word of every comment that proves it ours. */
export const FIREWALL_NAME = 'chatgate';

/**
 * Names that mean one interface to every tool: no wildcard (`+`, `*`), nothing to quote, at most 15 bytes (IFNAMSIZ).
 */
const INTERFACE_NAME = /^(?!-)[A-Za-z0-9_.:@-]{1,15}$/;

/** @throws RangeError if a rule could not mean what the plan says. */
export function checkPlan(plan: FirewallPlan): void {
  if (plan.lanInterfaces.length === 0) throw new RangeError('no lan interface: name the one the phones are behind');
  for (const name of [...plan.lanInterfaces, ...plan.offloadDevices]) {
    if (!INTERFACE_NAME.test(name)) throw new RangeError(`${JSON.stringify(name)} cannot be used as an interface name`);
  }
  for (const port of plan.tcpPorts) {
    if (!Number.isInteger(port) || port < 1 || port > 0xffff) throw new RangeError(`${port} is not a TCP port`);
  }
  const { first, count } = plan.queues;
  if (!Number.isInteger(first) || !Number.isInteger(count) || first < 0 || count < 1 || first + count > 0x1_0000) {
    throw new RangeError(`queues ${first} to ${first + count - 1} are not within 0 to 65535`);
  }
}
