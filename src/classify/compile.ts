import { type Facts, nameOf } from '../dissect/facts.ts';
import { AddressIndex } from './address-index.ts';
import { carries } from './app-protocol.ts';
import type { Allow, Decision, Endpoint } from './decision.ts';
import { withoutSearchDomain } from './local-name.ts';
import { NO_RULE, nthPlace } from './matching.ts';
import { nameIndex } from './name-index.ts';
import { openIndex } from './open-index.ts';
import { pathMatches } from './path-pattern.ts';
import type { Policy } from './policy.ts';
import { covers } from './port-range.ts';
import { denials, nearer, type Refusal, reasonWithName, reasonWithoutName } from './refusal.ts';
import type { Rule } from './rule.ts';

const DNS_PORT = 53;
const PORTS = 65_536;

interface CompiledRule {
  readonly rule: Rule;
  readonly allow: Allow;
  readonly addresses: AddressIndex<true> | null;
}

/** @param rules in the order in which they are asked; of several that allow a flow the first gives its name. */
export function compileRules(rules: readonly Rule[]): Policy {
  const open = openIndex(rules);
  const compiled = rules.map(compileRule);
  const byName = nameIndex(rules.map(({ apps, names }) => (apps === 'any' ? [] : names)));
  const nameless = namelessRules(rules);
  const used = new Set(rules.flatMap(({ apps }) => apps));
  const told = { tcp: payloadTells(rules, 'tcp'), udp: payloadTells(rules, 'udp') };

  const decideRecognised = (facts: Facts, to: Endpoint): Decision => {
    const name = nameOf(facts);
    const candidates = name === null ? (nameless.get(facts.app) ?? NO_RULE) : byName(name);
    let refusal: Refusal = 'name';
    for (let nth = 0, place = nthPlace(candidates, 0); place !== undefined; place = nthPlace(candidates, ++nth)) {
      const rule = compiled[place];
      if (rule === undefined) continue;
      const answer = judge(rule, facts, to);
      if (answer === 'fits') return rule.allow;
      refusal = nearer(refusal, answer);
    }
    if (!used.has(facts.app)) return denials['protocol-not-allowed'];
    return denials[name === null ? reasonWithoutName(facts, refusal) : reasonWithName(refusal)];
  };

  const decideQuestion = (name: string, to: Endpoint): Decision => {
    if (to.port !== DNS_PORT) return denials['protocol-not-allowed-on-this-port'];
    let first = nthPlace(byName(name), 0);
    if (first === undefined) {
      const meant = withoutSearchDomain(name);
      first = meant === null ? undefined : nthPlace(byName(meant), 0);
    }
    const rule = first === undefined ? undefined : compiled[first];
    return rule === undefined ? denials['name-not-allowed'] : rule.allow;
  };

  return {
    decideAtStart: (to) => {
      const rule = compiled[open.find(to) ?? -1];
      if (rule !== undefined) return rule.allow;
      return told[to.transport][to.port] === 1 ? null : denials['port-not-allowed'];
    },
    decide: (facts, to) => {
      const rule = compiled[open.find(to) ?? -1];
      if (rule !== undefined) return rule.allow;
      return facts.app === 'dns' ? decideQuestion(facts.name, to) : decideRecognised(facts, to);
    },
    tcpPorts: portsIn(told.tcp).filter((port) => !open.wholePort('tcp', port)),
  };
}

function compileRule(rule: Rule): CompiledRule {
  const allow: Allow = { action: 'allow', rule: rule.id };
  if (rule.addresses.length === 0) return { rule, allow, addresses: null };
  const addresses = new AddressIndex<true>();
  for (const prefix of rule.addresses) addresses.add(prefix, true);
  return { rule, allow, addresses };
}

function namelessRules(rules: readonly Rule[]): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  rules.forEach(({ apps, names }, i) => {
    if (apps === 'any' || names.length > 0) return;
    for (const app of apps) found.set(app, [...(found.get(app) ?? []), i]);
  });
  return found;
}

function portsIn(told: Uint8Array): readonly number[] {
  const ports: number[] = [];
  for (let port = told.indexOf(1); port !== -1; port = told.indexOf(1, port + 1)) ports.push(port);
  return ports;
}

/** One byte a port: 1 where some rule has to see the payload. */
function payloadTells(rules: readonly Rule[], transport: 'tcp' | 'udp'): Uint8Array {
  const told = new Uint8Array(PORTS);
  for (const { apps, names, ports } of rules) {
    if (apps === 'any') continue;
    if (names.length > 0) told[DNS_PORT] = 1;
    if (!apps.some((app) => carries(transport, app))) continue;
    for (const range of ports) {
      if (range.transport === null || range.transport === transport) told.fill(1, range.first, range.last + 1);
    }
  }
  return told;
}

function judge({ rule, addresses }: CompiledRule, facts: Facts, to: Endpoint): Refusal | 'fits' {
  if (rule.apps === 'any' || !rule.apps.includes(facts.app)) return 'app';
  if (!covers(rule.ports, to.transport, to.port)) return 'port';
  if (addresses !== null && !addresses.has(to.address)) return 'address';
  if (rule.paths.length === 0) return 'fits';
  if (facts.app !== 'http') return 'app';
  return rule.paths.some((pattern) => pathMatches(pattern, facts.path)) ? 'fits' : 'path';
}
