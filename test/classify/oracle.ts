import type { Decision, Endpoint } from '../../src/classify/decision.ts';
import type { NamePattern } from '../../src/classify/name-pattern.ts';
import type { Rule } from '../../src/classify/rule.ts';
import { type Facts, nameOf } from '../../src/dissect/facts.ts';

/** Slow and obviously right: asks one rule after the other, those with an expression last. Null where none allows the flow. */
export function firstAllowing(rules: readonly Rule[], facts: Facts | null, to: Endpoint): Rule | null {
  const open = rules.find((rule) => rule.apps === 'any' && portFits(rule, to) && addressFits(rule, to));
  if (open !== undefined) return open;
  if (facts === null) return null;
  const name = facts.app === 'dns' ? facts.name : nameOf(facts);
  const lists = (rule: Rule) =>
    name !== null && rule.names.some((pattern) => pattern.kind !== 'expression' && nameFits(pattern, name));
  const allowing = rules.filter((rule) => allows(rule, facts, to));
  return allowing.find(lists) ?? allowing[0] ?? null;
}

export function actionOf(rule: Rule | null, decision: Decision): boolean {
  return rule === null ? decision.action === 'deny' : decision.action === 'allow' && decision.rule === rule.id;
}

function allows(rule: Rule, facts: Facts, to: Endpoint): boolean {
  if (rule.apps === 'any') return false;
  const name = nameOf(facts);
  if (facts.app === 'dns') return to.port === 53 && rule.names.some((pattern) => nameFits(pattern, facts.name));
  return (
    rule.apps.includes(facts.app) &&
    (name === null ? rule.names.length === 0 : rule.names.some((pattern) => nameFits(pattern, name))) &&
    portFits(rule, to) &&
    addressFits(rule, to) &&
    pathFits(rule, facts)
  );
}

export function nameFits(pattern: NamePattern, name: string): boolean {
  if (pattern.kind === 'exact') return name === pattern.name;
  if (pattern.kind === 'below') return name.endsWith(`.${pattern.name}`);
  return new RegExp(pattern.source, 'i').test(name);
}

function portFits(rule: Rule, to: Endpoint): boolean {
  return rule.ports.some(
    ({ transport, first, last }) => (transport ?? to.transport) === to.transport && first <= to.port && to.port <= last,
  );
}

function addressFits(rule: Rule, to: Endpoint): boolean {
  return (
    rule.addresses.length === 0 ||
    rule.addresses.some(
      ({ bytes, bits }) =>
        bytes.length === to.address.length && binary(to.address).startsWith(binary(bytes).slice(0, bits)),
    )
  );
}

function binary(bytes: Iterable<number>): string {
  return [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
}

function pathFits(rule: Rule, facts: Facts): boolean {
  if (rule.paths.length === 0) return true;
  if (facts.app !== 'http') return false;
  const path = facts.path.split('?')[0];
  return rule.paths.some((pattern) =>
    pattern.kind === 'exact' ? path === pattern.path : facts.path.startsWith(pattern.path),
  );
}
