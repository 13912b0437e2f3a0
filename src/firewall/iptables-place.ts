import { explainFailure, FirewallError, hasNothingToList } from './firewall-error.ts';
import type { Host } from './host.ts';
import type { IpFamily } from './ip-family.ts';
import { iptablesRuleset, TABLES } from './iptables-ruleset.ts';
import { parseIptablesSave, type SavedTable } from './iptables-save.ts';
import { clearTable, ownRules, replaceTable } from './iptables-transaction.ts';
import type { Place } from './place.ts';
import { FIREWALL_NAME, type FirewallPlan } from './plan.ts';

const DEBIAN_PACKAGE = 'iptables';

/** One variant of iptables for one family. */
export interface IptablesTool {
  readonly family: IpFamily;
  /** Which half of the kernel it speaks to; rules of the one are invisible to the other. */
  readonly variant: 'nft' | 'legacy';
  readonly saveCommand: string;
  readonly restoreCommand: string;
}

/** Seconds to wait for another program that holds the lock of xtables. */
const LOCK_WAIT = ['-w', '5'] as const;

/**
 * Our chains in the mangle and filter tables of one family. A table is replaced in one commit; the tables follow each
 * other within one run of iptables-restore, mangle first:
 *
 * - Installing: with stage 1 in mangle, undecided packets go to user space and no longer pass by themselves. Until
 *   stage 2 stands, only a verdict could let a denied packet through, so the caller installs before serving the queues.
 * - Replacing: both stages stand at any time. A new stage 1 takes flows marked under another mask for unknown and asks.
 * - Removing: once stage 1 is gone everything passes, which is what removing means.
 */
export function iptablesPlace(host: Host, tool: IptablesTool): Place {
  function restore(input: string): void {
    const done = host.run(tool.restoreCommand, ['--noflush', ...LOCK_WAIT], input);
    if (done.exitCode !== 0) {
      throw new FirewallError(explainFailure(tool.restoreCommand, DEBIAN_PACKAGE, done, input));
    }
  }

  /** Nothing where the tool is not installed or its half of the kernel is missing. */
  function save(): ReadonlyMap<string, SavedTable> {
    const done = host.run(tool.saveCommand, []);
    if (done.exitCode === 0) return parseIptablesSave(done.stdout);
    if (hasNothingToList(done)) return new Map();
    throw new FirewallError(explainFailure(tool.saveCommand, DEBIAN_PACKAGE, done));
  }

  function replacement(plan: FirewallPlan, saved: ReadonlyMap<string, SavedTable>): string {
    const ruleset = iptablesRuleset(plan, tool.family);
    return TABLES.map((table) => replaceTable(table, ruleset[table], saved.get(table))).join('');
  }

  function refuseForeign(plan: FirewallPlan, saved: ReadonlyMap<string, SavedTable>): void {
    const ruleset = iptablesRuleset(plan, tool.family);
    for (const table of TABLES) {
      const needed = new Set(ruleset[table].chains.map((chain) => chain.name));
      const taken = ownRules(saved.get(table)).foreign.find((name) => needed.has(name));
      if (taken !== undefined) {
        throw new FirewallError(
          `the chain ${taken} in the ${table} table of ${tool.family} holds rules that ${FIREWALL_NAME} did not make; ` +
            `it is left as it is.\n  See ${tool.saveCommand} -t ${table}; if nobody needs it, flush and delete it`,
        );
      }
    }
  }

  return {
    canOffload: false,
    dealings: { verdicts: 'accept', starts: 'asked' },
    name: `${tool.family === 'ipv4' ? 'iptables' : 'ip6tables'} (${tool.variant})`,
    render: (plan) => replacement(plan, new Map()),
    trouble(plan) {
      const input = replacement(plan, new Map());
      const done = host.run('unshare', ['--net', tool.restoreCommand, '--noflush', ...LOCK_WAIT], input);
      if (done.exitCode === 0 || done.exitCode === null) return null;
      if (done.stderr.startsWith('unshare: ')) {
        const isMissing = done.stderr.includes('failed to execute');
        return isMissing ? explainFailure(tool.restoreCommand, DEBIAN_PACKAGE, { ...done, exitCode: null }) : null;
      }
      return explainFailure(tool.restoreCommand, DEBIAN_PACKAGE, done, input);
    },
    install(plan) {
      const saved = save();
      refuseForeign(plan, saved);
      restore(replacement(plan, saved));
      return TABLES.some((table) => ownRules(saved.get(table)).chains.length > 0);
    },
    remove() {
      const saved = save();
      const input = TABLES.map((table) => clearTable(table, saved.get(table))).join('');
      if (input === '') return false;
      restore(input);
      return true;
    },
    show() {
      const saved = save();
      return TABLES.flatMap((table) => {
        const own = ownRules(saved.get(table));
        if (own.chains.length === 0) return [];
        const rules = own.chains.flatMap((name) => saved.get(table)?.chains.get(name) ?? []);
        return [`*${table}`, ...[...own.jumps, ...rules].map((rule) => `-A ${rule.chain} ${rule.text}`), ''];
      }).join('\n');
    },
    isInstalled() {
      const saved = save();
      return TABLES.every((table) => ownRules(saved.get(table)).inForce);
    },
  };
}
