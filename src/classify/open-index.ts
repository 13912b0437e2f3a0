import { AddressIndex } from './address-index.ts';
import type { Endpoint } from './decision.ts';
import { covers, PORTS } from './port-range.ts';
import type { Rule } from './rule.ts';

const NOT_OPEN = -1;

/** Where anything may go, whatever its payload: the owner's `port:` and `address:` entries. */
export interface OpenIndex {
  /** The first rule's place; undefined: the payload has to tell. */
  find(to: Endpoint): number | undefined;
  /** Whether a port is open towards every address. */
  wholePort(transport: 'tcp' | 'udp', port: number): boolean;
}

export function openIndex(rules: readonly Rule[]): OpenIndex {
  const everywhere = { tcp: new Int32Array(PORTS).fill(NOT_OPEN), udp: new Int32Array(PORTS).fill(NOT_OPEN) };
  const somewhere = new AddressIndex<number>();
  rules.forEach((rule, i) => {
    if (rule.apps !== 'any') return;
    for (const prefix of rule.addresses) somewhere.add(prefix, i);
    if (rule.addresses.length > 0) return;
    for (const transport of ['tcp', 'udp'] as const) {
      for (const range of rule.ports) {
        if (range.transport !== null && range.transport !== transport) continue;
        for (let port = range.first; port <= range.last; port++) {
          if (everywhere[transport][port] === NOT_OPEN) everywhere[transport][port] = i;
        }
      }
    }
  });

  return {
    find: (to) => {
      const ofPort = everywhere[to.transport][to.port] ?? NOT_OPEN;
      if (somewhere.isEmpty) return ofPort === NOT_OPEN ? undefined : ofPort;
      let first = ofPort === NOT_OPEN ? rules.length : ofPort;
      somewhere.forEach(to.address, (i) => {
        if (i < first && covers(rules[i]?.ports ?? [], to.transport, to.port)) first = i;
      });
      return first === rules.length ? undefined : first;
    },
    wholePort: (transport, port) => (everywhere[transport][port] ?? NOT_OPEN) !== NOT_OPEN,
  };
}
