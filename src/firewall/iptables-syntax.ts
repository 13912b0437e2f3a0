import { FlowState } from '../judge/flow-state.ts';
import { bareSegmentIpv4, bareSegmentIpv6, bytecode } from './bare-segment.ts';
import type { IpFamily } from './ip-family.ts';
import { FIREWALL_NAME, type FirewallPlan } from './plan.ts';

/** The first chain of either table, to which FORWARD jumps; the others are named after it. */
export const ENTRY_CHAIN = FIREWALL_NAME;

export interface Chain {
  readonly name: string;
  /** Each as iptables reads it after `-A name`. */
  readonly rules: readonly string[];
}

export function chain(suffix: string, rules: readonly string[]): Chain {
  return { name: chainName(suffix), rules };
}

export function chainName(suffix: string): string {
  return `${ENTRY_CHAIN}-${suffix}`;
}

/** Matches are tried in their order, and a comment is one that costs time: it comes last, before the target. */
export function rule(body: string, purpose: string): string {
  const target = body.search(/(?<!\S)-[jg] /);
  return `${body.slice(0, target)}-m comment --comment "${FIREWALL_NAME}: ${purpose}" ${body.slice(target)}`;
}

/** The first chain: by where a packet comes from and goes to. */
export function entry(plan: FirewallPlan, from: string, to: string): Chain {
  return {
    name: ENTRY_CHAIN,
    rules: [
      ...plan.lanInterfaces.map((name) => rule(`-i ${name} -g ${chainName(from)}`, 'from the phones')),
      ...plan.lanInterfaces.map((name) => rule(`-o ${name} -g ${chainName(to)}`, 'to the phones')),
    ],
  };
}

/** Conditions true of what says that something went wrong, or asks who is there. */
export const ICMP: Readonly<Record<IpFamily, string>> = { ipv4: '-p icmp', ipv6: '-p ipv6-icmp' };

/** Conditions true of a bare segment (see `bare-segment.ts`). */
export function bareSegment(family: IpFamily, isQuiet: boolean): string {
  const program = family === 'ipv4' ? bareSegmentIpv4(isQuiet) : bareSegmentIpv6(isQuiet);
  return `-p tcp -m bpf --bytecode "${bytecode(program)}"`;
}

/** Conditions on marks, and what they are set to. */
export function markRules({ marks }: FirewallPlan) {
  type StateName = keyof typeof FlowState;
  const bits = (state: StateName) => hex(FlowState[state] << marks.shift);
  const state = (name: StateName) => `${bits(name)}/${hex(marks.stateMask)}`;
  return {
    bits,
    /** Set in every state that the kernel deals with alone. */
    settledBit: hex((FlowState.allowed & FlowState.denied & ~FlowState.followed) << marks.shift),
    flowIs: (name: StateName) => `-m connmark --mark ${state(name)}`,
  };
}

export function hex(bits: number): string {
  return `0x${(bits >>> 0).toString(16)}`;
}
