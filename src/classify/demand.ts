import type { Facts } from '../dissect/facts.ts';
import { AddressIndex } from './address-index.ts';
import type { Endpoint } from './decision.ts';
import { pathMatches } from './path-pattern.ts';
import { covers, formatPorts } from './port-range.ts';
import type { Refusal } from './refusal.ts';
import type { Rule } from './rule.ts';

/** What a rule asks of a flow besides its name. */
export interface Demand extends Pick<Rule, 'apps' | 'ports' | 'paths'> {
  /** Null: any address. */
  readonly addresses: AddressIndex<true> | null;
}

/**
 * Each rule's demand, by the rule's place. A long list is thousands of hosts on the usual ports: those share one demand,
 * and which one a rule has is a byte. Pointers would be eight times as long, and seldom in the processor's cache.
 */
export class Demands {
  readonly #different: readonly Demand[];
  readonly #whichOf: Uint8Array | Uint32Array;

  constructor(rules: readonly Rule[]) {
    const demands = demandsOf(rules);
    const which = new Map([...new Set(demands)].map((demand, nth) => [demand, nth]));
    const numbers = demands.map((demand) => which.get(demand) ?? 0);
    this.#different = [...which.keys()];
    this.#whichOf = which.size <= 256 ? Uint8Array.from(numbers) : Uint32Array.from(numbers);
  }

  of(place: number): Demand | undefined {
    return this.#different[this.#whichOf[place] ?? -1];
  }
}

function demandsOf(rules: readonly Rule[]): readonly Demand[] {
  const shared = new Map<string, Demand>();
  let last: Demand | undefined;
  return rules.map((rule): Demand => {
    const { apps, ports, paths } = rule;
    if (rule.addresses.length > 0 || paths.length > 0) return { apps, ports, paths, addresses: addressIndex(rule) };
    // Most entries are handed the very same arrays: no need to look into them.
    if (last?.apps === apps && last.ports === ports) return last;
    const key = `${apps} ${ports.map(formatPorts)}`;
    last = shared.get(key) ?? { apps, ports, paths, addresses: null };
    shared.set(key, last);
    return last;
  });
}

function addressIndex({ addresses }: Rule): AddressIndex<true> | null {
  if (addresses.length === 0) return null;
  const index = new AddressIndex<true>();
  for (const prefix of addresses) index.add(prefix, true);
  return index;
}

export function judge({ apps, ports, paths, addresses }: Demand, facts: Facts, to: Endpoint): Refusal | 'fits' {
  if (apps === 'any' || !apps.includes(facts.app)) return 'app';
  if (!covers(ports, to.transport, to.port)) return 'port';
  if (addresses !== null && !addresses.has(to.address)) return 'address';
  if (paths.length === 0) return 'fits';
  if (facts.app !== 'http') return 'app';
  return paths.some((pattern) => pathMatches(pattern, facts.path)) ? 'fits' : 'path';
}
