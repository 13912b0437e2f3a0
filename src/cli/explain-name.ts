import { carries } from '../classify/app-protocol.ts';
import { compileRules } from '../classify/compile.ts';
import type { Decision, Endpoint } from '../classify/decision.ts';
import { nearest } from '../classify/did-you-mean.ts';
import { withoutSearchDomain } from '../classify/local-name.ts';
import { placesOf } from '../classify/matching.ts';
import { nameIndex } from '../classify/name-index.ts';
import { packId } from '../classify/pack.ts';
import { covers } from '../classify/port-range.ts';
import type { Rule } from '../classify/rule.ts';
import { rulesInForce } from '../classify/rules-in-force.ts';
import type { AppProtocol, Facts } from '../dissect/facts.ts';
import { explainReason } from '../judge/reasons.ts';
import { describeRule } from './describe-rule.ts';
import type { PolicyData } from './policy-file.ts';
import type { NamedApp, NameQuestion } from './question.ts';

export interface Explanation {
  readonly allowed: boolean;
  readonly text: string;
}

/** Rules of the policy do not look at the address unless they name some; this one is in nobody's network. */
const NO_ADDRESS = new Uint8Array(4);

/** Where a client goes if nobody says another port. */
const USUAL: Readonly<Record<NamedApp, Endpoint>> = {
  http: { transport: 'tcp', port: 80, address: NO_ADDRESS },
  tls: { transport: 'tcp', port: 443, address: NO_ADDRESS },
  quic: { transport: 'udp', port: 443, address: NO_ADDRESS },
  dns: { transport: 'udp', port: 53, address: NO_ADDRESS },
};

/** @param file the owner's file, as advice is to name it. */
export function explainName(question: NameQuestion, policy: PolicyData, file: string): Explanation {
  const rules = rulesInForce(policy.settings, policy.packs, file);
  const allowing = [...openRules(question, rules), ...rulesFor(question, rules)];
  const { name, app, path } = question;
  const shown = app === null ? name : `${app}:${name}${path ?? ''}`;
  if (allowing.length > 0)
    return { allowed: true, text: `${shown} is allowed\n${allowing.map(describeRule).join('')}` };

  const reason = refusal(question, rules);
  const lines = [`${shown} is not allowed: ${reason}\n`, `  ${explainReason(reason)}\n`];
  const otherwise = rulesFor({ ...question, app: null, path: null }, rules);
  if (otherwise.length > 0) lines.push('What is allowed of this name:\n', ...otherwise.map(describeRule));
  else lines.push(...waysToAllow(question, policy, rules, file));
  return { allowed: false, text: lines.join('') };
}

/** The rules that would let such a flow pass, on some port of theirs. */
function rulesFor(question: NameQuestion, rules: readonly Rule[]): readonly Rule[] {
  const { listed, expressed } = nameIndex(rules.map(({ apps, names }) => (apps === 'any' ? [] : names)));
  const naming = (name: string) => [...new Set([...placesOf(listed(name)), ...placesOf(expressed(name))])];
  const asked = question.app === 'dns' ? withoutSearchDomain(question.name) : null;
  const found = naming(question.name);
  const places = found.length > 0 || asked === null ? found : naming(asked);
  return places.flatMap((place) => {
    const rule = rules[place];
    return rule !== undefined && passesSomewhere(question, rule) ? [rule] : [];
  });
}

function passesSomewhere({ name, app, path }: NameQuestion, rule: Rule): boolean {
  if (rule.apps === 'any') return false;
  if (app === 'dns') return true;
  const apps = app === null ? rule.apps : rule.apps.filter((one) => one === app);
  const policy = compileRules([rule]);
  return apps.some((one) =>
    rule.ports.some(({ transport, first }) =>
      (['tcp', 'udp'] as const)
        .filter((over) => carries(over, one) && (transport ?? over) === over)
        .some((over) => {
          const facts = factsOf(one, name, path ?? rule.paths[0]?.path ?? '/');
          return (
            facts !== null &&
            policy.decide(facts, { transport: over, port: first, address: addressFor(rule) }).action === 'allow'
          );
        }),
    ),
  );
}

function addressFor(rule: Rule): Uint8Array {
  return Uint8Array.from(rule.addresses[0]?.bytes ?? NO_ADDRESS);
}

/** What is open to anything on the ports where such a flow usually goes. */
function openRules({ app }: NameQuestion, rules: readonly Rule[]): readonly Rule[] {
  const usual = app === null ? [USUAL.http, USUAL.tls] : [USUAL[app]];
  return rules.filter(
    ({ apps, ports, addresses }) =>
      apps === 'any' && addresses.length === 0 && usual.some(({ transport, port }) => covers(ports, transport, port)),
  );
}

function refusal({ name, app, path }: NameQuestion, rules: readonly Rule[]): string {
  const facts = factsOf(app ?? 'tls', name, path ?? '/');
  const decision: Decision | null = facts === null ? null : compileRules(rules).decide(facts, USUAL[app ?? 'tls']);
  return decision?.action === 'deny' ? decision.reason : 'name-not-allowed';
}

function factsOf(app: AppProtocol, name: string, path: string): Facts | null {
  switch (app) {
    case 'http':
      return { app, name, path, method: 'GET' };
    case 'tls':
    case 'quic':
      return { app, name, ech: false };
    case 'mmtls-http':
      return { app, name };
    case 'dns':
      return { app, name, type: 1 };
    default:
      return null;
  }
}

function waysToAllow(
  question: NameQuestion,
  { packs }: PolicyData,
  inForce: readonly Rule[],
  file: string,
): readonly string[] {
  const lines: string[] = [];
  const names = inForce.flatMap((rule) =>
    rule.names.flatMap((pattern) => (pattern.kind === 'exact' ? [pattern.name] : [])),
  );
  const meant = nearest(question.name, names);
  if (meant !== null) lines.push(`  Did you mean ${meant}? That is allowed.\n`);
  const on = new Set(inForce.map(({ id }) => id));
  const off = packs.filter(({ rules }) => rules.some(({ id }) => !on.has(id)) && rulesFor(question, rules).length > 0);
  for (const pack of off) lines.push(`  The pack ${packId(pack)} would allow it and is off: ${pack.about}.\n`);
  lines.push(`  To allow it, add to allow: in ${file}\n`);
  for (const pack of off) lines.push(`    - ${packId(pack)}\n`);
  lines.push(`    - host: ${question.name}\n`);
  return lines;
}
