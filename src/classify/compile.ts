import { type Facts, nameOf } from '../dissect/facts.ts';
import type { Allow, Decision, Endpoint, RuleId } from './decision.ts';
import { Demands, judge } from './demand.ts';
import { withoutSearchDomain } from './local-name.ts';
import { type Matching, NO_RULE, nthPlace } from './matching.ts';
import { nameIndex } from './name-index.ts';
import { openIndex } from './open-index.ts';
import { DNS_PORT, payloadTells } from './payload-ports.ts';
import type { Policy } from './policy.ts';
import { denials, nearer, type Refusal, reasonWithName, reasonWithoutName } from './refusal.ts';
import type { Rule } from './rule.ts';

/**
 * @param rules in the order in which they are asked. Of several that allow a flow the first gives its name, and one that
 * lists the flow's name goes before one with an expression for it.
 */
export function compileRules(rules: readonly Rule[]): Policy {
  const open = openIndex(rules);
  const ids = rules.map(({ id }) => id);
  const demands = new Demands(rules);
  const names = nameIndex(rules.map((rule) => (rule.apps === 'any' ? [] : rule.names)));
  const nameless = namelessRules(rules);
  const used = new Set<string>();
  for (const { apps } of rules) if (apps !== 'any') for (const app of apps) used.add(app);
  const told = { tcp: payloadTells(rules, 'tcp'), udp: payloadTells(rules, 'udp') };

  // Not `ids[place ?? -1]`: no array has a place -1, and looking for that takes a quarter of a decision's time.
  const idOf = (place: number | undefined): RuleId | undefined => (place === undefined ? undefined : ids[place]);

  /** The first of these rules that the flow fits, or what the nearest of all so far refuses. */
  const weigh = (candidates: Matching, facts: Facts, to: Endpoint, soFar: Refusal): Allow | Refusal => {
    let refusal = soFar;
    for (let nth = 0, place = nthPlace(candidates, 0); place !== undefined; place = nthPlace(candidates, ++nth)) {
      const demand = demands.of(place);
      const id = ids[place];
      if (demand === undefined || id === undefined) continue;
      const answer = judge(demand, facts, to);
      if (answer === 'fits') return allow(id);
      refusal = nearer(refusal, answer);
    }
    return refusal;
  };

  const weighNamed = (name: string, facts: Facts, to: Endpoint): Allow | Refusal => {
    const listed = weigh(names.listed(name), facts, to, 'name');
    return typeof listed === 'string' ? weigh(names.expressed(name), facts, to, listed) : listed;
  };

  const decideRecognised = (facts: Facts, to: Endpoint): Decision => {
    const name = nameOf(facts);
    const answer =
      name === null ? weigh(nameless.get(facts.app) ?? NO_RULE, facts, to, 'name') : weighNamed(name, facts, to);
    if (typeof answer !== 'string') return answer;
    if (!used.has(facts.app)) return denials['protocol-not-allowed'];
    return denials[name === null ? reasonWithoutName(facts, answer) : reasonWithName(answer)];
  };

  const firstNaming = (name: string): number | undefined =>
    nthPlace(names.listed(name), 0) ?? nthPlace(names.expressed(name), 0);

  const decideQuestion = (name: string, to: Endpoint): Decision => {
    if (to.port !== DNS_PORT) return denials['protocol-not-allowed-on-this-port'];
    let first = firstNaming(name);
    if (first === undefined) {
      const meant = withoutSearchDomain(name);
      first = meant === null ? undefined : firstNaming(meant);
    }
    const id = idOf(first);
    return id === undefined ? denials['name-not-allowed'] : allow(id);
  };

  return {
    decideAtStart: (to) => {
      const id = idOf(open.find(to));
      if (id !== undefined) return allow(id);
      return told[to.transport][to.port] === 1 ? null : denials['port-not-allowed'];
    },
    decide: (facts, to) => {
      const id = idOf(open.find(to));
      if (id !== undefined) return allow(id);
      return facts.app === 'dns' ? decideQuestion(facts.name, to) : decideRecognised(facts, to);
    },
  };
}

/** Made anew each time: that is cheaper than fetching one of a hundred thousand from where no cache has it. */
function allow(rule: RuleId): Allow {
  return { action: 'allow', rule };
}

function namelessRules(rules: readonly Rule[]): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  rules.forEach(({ apps, names }, i) => {
    if (apps === 'any' || names.length > 0) return;
    for (const app of apps) found.set(app, [...(found.get(app) ?? []), i]);
  });
  return found;
}
