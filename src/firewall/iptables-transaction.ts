import type { Chains, Table } from './iptables-ruleset.ts';
import { type SavedRule, type SavedTable, targetOf } from './iptables-save.ts';
import { ENTRY_CHAIN } from './iptables-syntax.ts';
import { FIREWALL_NAME } from './plan.ts';

const OUR_COMMENT = `--comment "${FIREWALL_NAME}: `;
const EMPTY_TABLE: SavedTable = { chains: new Map() };

/** What of one table is ours. */
export interface OwnRules {
  /** Chains with our name in which every rule carries our comment. An empty one has nothing to lose: it counts. */
  readonly chains: readonly string[];
  /** Rules of other chains that lead into ours. */
  readonly jumps: readonly SavedRule[];
  /** Chains with our name that hold rules of somebody else. */
  readonly foreign: readonly string[];
  /** Packets do come to our rules: FORWARD jumps to an entry chain that is not empty. */
  readonly inForce: boolean;
}

export function ownRules(table: SavedTable = EMPTY_TABLE): OwnRules {
  const named = [...table.chains.keys()].filter((name) => name === ENTRY_CHAIN || name.startsWith(`${ENTRY_CHAIN}-`));
  const isOurs = (name: string) => (table.chains.get(name) ?? []).every((rule) => rule.text.includes(OUR_COMMENT));
  const chains = named.filter(isOurs);
  const ours = new Set(chains);
  const jumps = [...table.chains]
    .filter(([name]) => !ours.has(name))
    .flatMap(([, rules]) => rules.filter((rule) => ours.has(targetOf(rule) ?? '')));
  return {
    chains,
    jumps,
    foreign: named.filter((name) => !ours.has(name)),
    inForce: jumps.some((rule) => rule.chain === 'FORWARD') && (table.chains.get(ENTRY_CHAIN)?.length ?? 0) > 0,
  };
}

/**
 * Input for `iptables-restore --noflush`: puts `chains` in the place of whatever of ours the table held, with one jump
 * at the top of FORWARD, all in one commit.
 */
export function replaceTable(table: Table, { jump, chains }: Chains, saved: SavedTable = EMPTY_TABLE): string {
  const own = ownRules(saved);
  const wanted = new Set(chains.map((chain) => chain.name));
  const obsolete = own.chains.filter((name) => !wanted.has(name));
  const jumps = own.jumps.filter((rule) => rule.chain === 'FORWARD');
  const onTop = saved.chains.get('FORWARD')?.[0];
  const jumpStands = jumps.length === 1 && jumps[0] === onTop && onTop?.text === jump;

  return lines(
    `*${table}`,
    ...[...wanted, ...obsolete].map(declareEmpty),
    ...(jumpStands ? [] : [...jumps.map(deletion), `-I FORWARD 1 ${jump}`]),
    ...chains.flatMap((chain) => chain.rules.map((rule) => `-A ${chain.name} ${rule}`)),
    ...obsolete.map((name) => `-X ${name}`),
    'COMMIT',
  );
}

/** Input that takes everything of ours out of the table; empty where there is nothing. */
export function clearTable(table: Table, saved: SavedTable = EMPTY_TABLE): string {
  const own = ownRules(saved);
  if (own.chains.length === 0) return '';
  return lines(
    `*${table}`,
    ...own.chains.map(declareEmpty),
    ...own.jumps.map(deletion),
    ...own.chains.map((name) => `-X ${name}`),
    'COMMIT',
  );
}

/** Makes a chain, or empties the one that stands. */
function declareEmpty(chain: string): string {
  return `:${chain} - [0:0]`;
}

function deletion(rule: SavedRule): string {
  return `-D ${rule.chain} ${rule.text}`;
}

function lines(...of: readonly string[]): string {
  return `${of.join('\n')}\n`;
}
