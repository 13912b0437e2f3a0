import type { AllowEntry } from './allow-entry.ts';
import { compileRules } from './compile.ts';
import { type Pack, packId } from './pack.ts';
import type { Policy } from './policy.ts';
import { formatPorts } from './port-range.ts';
import { type Rule, ruleId } from './rule.ts';
import type { Settings } from './settings.ts';

/** Every rule the owner's list puts in force, in the order they are asked: the owner's own first, then the packs'. */
export function rulesInForce(
  { allow }: Pick<Settings, 'allow'>,
  packs: readonly Pack[],
  file = 'allow',
): readonly Rule[] {
  const own = allow.flatMap((entry) => (entry.kind === 'packs' ? [] : [ownRule(entry, file)]));
  const chosen = new Set(allow.flatMap((entry) => (entry.kind === 'packs' ? entry.packs : [])));
  const byId = new Map(packs.map((pack) => [packId(pack), pack]));
  return [...own, ...[...chosen].flatMap((id) => byId.get(id)?.rules ?? [])];
}

/** Both arguments are plain data: a worker can be handed them and compile for itself. */
export function compilePolicy(settings: Pick<Settings, 'allow'>, packs: readonly Pack[]): Policy {
  return compileRules(rulesInForce(settings, packs));
}

function ownRule(entry: Exclude<AllowEntry, { kind: 'packs' }>, file: string): Rule {
  const common = { ports: entry.ports, paths: [], knownFrom: 'the owner', file, line: entry.line };
  switch (entry.kind) {
    case 'name': {
      const kind = entry.name.kind === 'expression' ? 'regex' : 'host';
      return {
        id: ruleId(`owner/${kind}:${entry.written}`),
        apps: NAMED,
        names: [entry.name],
        addresses: [],
        ...common,
      };
    }
    case 'port':
      return {
        id: ruleId(`owner/port:${entry.ports.map(formatPorts).join()}`),
        apps: 'any',
        names: [],
        addresses: [],
        ...common,
      };
    case 'address':
      return {
        id: ruleId(`owner/address:${entry.written}`),
        apps: 'any',
        names: [],
        addresses: [entry.address],
        ...common,
      };
  }
}

/** Every protocol that says for which name it is. */
const NAMED = ['http', 'tls', 'quic', 'mmtls-http'] as const;
