import type { IpFamily } from './ip-family.ts';
import { enforceChains } from './iptables-enforce-chains.ts';
import { judgeChains } from './iptables-judge-chains.ts';
import { type Chain, ENTRY_CHAIN, rule } from './iptables-syntax.ts';
import type { FirewallPlan } from './plan.ts';

/** In the order in which they are put in place and taken away; see `iptables-place.ts`. */
export const TABLES = ['mangle', 'filter'] as const;
export type Table = (typeof TABLES)[number];

/** What stands in one table. */
export interface Chains {
  /** The rule of FORWARD that leads to the first chain. */
  readonly jump: string;
  readonly chains: readonly Chain[];
}

export type Ruleset = Readonly<Record<Table, Chains>>;

const JUMP = rule(`-j ${ENTRY_CHAIN}`, 'to and from the phones');

/** The plan for one family as the chains of both tables. Which lan interfaces there are is known to our chains only. */
export function iptablesRuleset(plan: FirewallPlan, family: IpFamily): Ruleset {
  return {
    mangle: { jump: JUMP, chains: judgeChains(plan, family) },
    filter: { jump: JUMP, chains: enforceChains(plan, family) },
  };
}
