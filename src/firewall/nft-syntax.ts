import { FlowState } from '../judge/flow-state.ts';
import { askingBits, type MarkLayout } from './mark.ts';
import { FIREWALL_NAME } from './plan.ts';

/** The flowtable of the short cut. */
export const FLOWTABLE = 'allowed_flows';
/** The chain whose first rule queues, and what that rule says it is for, by whichever tool it was put there. */
export const QUESTION_CHAIN = 'question';
export const ASKS_USER_SPACE = 'ask user space';
/** The set of the ports that the policy may allow. */
export const CHAT_PORTS = 'chat_ports';

export function chain(name: string, rules: readonly string[], hook?: string): readonly string[] {
  const head = hook === undefined ? [] : [`\t\ttype filter hook ${hook}; policy accept;`];
  return [`\tchain ${name} {`, ...head, ...rules.map((rule) => `\t\t${rule}`), '\t}'];
}

/** What a rule is for, and that it is ours. */
export function remark(purpose: string): string {
  return `${FIREWALL_NAME}: ${purpose}`;
}

export function rule(body: string, purpose: string): string {
  return `${body} comment "${remark(purpose)}"`;
}

/** One name is compared as it is; several take a set to look it up in. */
export function interfaces(names: readonly string[]): string {
  const quoted = names.map((name) => `"${name}"`);
  return quoted.length === 1 ? quoted.join() : `{ ${quoted.join(', ')} }`;
}

export function hex(bits: number): string {
  return `0x${(bits >>> 0).toString(16).padStart(8, '0')}`;
}

export type StateName = keyof typeof FlowState;

/** Conditions on marks, and what they are set to, for one layout. */
export interface MarkSyntax {
  readonly hasNoState: string;
  readonly hasState: string;
  flowIs(state: StateName): string;
  flowIsNot(state: StateName): string;
  /** Followed or allowed: the kernel lets the server's answers pass. */
  readonly answersPass: string;
  packetIs(state: StateName): string;
  /** The flow's own mark, our bits replaced. */
  settle(state: StateName): string;
  /** The packet's own mark, our bits replaced: it asks about a flow of this state (see `MarkLayout`). */
  ask(state: StateName): string;
}

export function markSyntax(layout: MarkLayout): MarkSyntax {
  const { mask, stateMask, shift } = layout;
  const flowState = `ct mark & ${hex(stateMask)}`;
  const bits = (state: StateName) => hex(FlowState[state] << shift);
  return {
    hasNoState: `${flowState} == 0`,
    hasState: `${flowState} != 0`,
    flowIs: (state) => `${flowState} == ${bits(state)}`,
    flowIsNot: (state) => `${flowState} != ${bits(state)}`,
    answersPass: `ct mark & ${bits('followed')} == ${bits('followed')}`,
    packetIs: (state) => `meta mark & ${hex(stateMask)} == ${bits(state)}`,
    settle: (state) => `ct mark set ct mark & ${hex(~mask)} | ${bits(state)}`,
    ask: (state) => `meta mark set meta mark & ${hex(~mask)} | ${hex(askingBits(FlowState[state], layout))}`,
  };
}
