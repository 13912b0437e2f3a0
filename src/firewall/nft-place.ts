import { errorName } from '../netfilter-queue/index.ts';
import { explainFailure, FirewallError, hasNothingToList } from './firewall-error.ts';
import type { Host } from './host.ts';
import { renderNftRemoval, renderNftReplacement, renderNftTable } from './nft-ruleset.ts';
import { ASKS_USER_SPACE, QUESTION_CHAIN, remark } from './nft-syntax.ts';
import type { NftWay } from './nft-way.ts';
import type { Place } from './place.ts';
import { FIREWALL_NAME, type FirewallPlan } from './plan.ts';
import { queueRuleRequest } from './queue-rule.ts';
import { standingTable } from './standing-table.ts';

const DEBIAN_PACKAGE = 'nftables';

/** Our table of nf_tables. Both families are replaced in one transaction: there is no gap. */
export function nftPlace(host: Host, way: NftWay): Place {
  const nft = (args: readonly string[], input?: string) => host.run('nft', args, input);

  function feed(input: string): void {
    const done = nft(['-f', '-'], input);
    if (done.exitCode !== 0) throw new FirewallError(explainFailure('nft', DEBIAN_PACKAGE, done, input));
  }

  /** Empty where no such table stands. */
  function list(): string {
    const done = nft(['list', 'table', 'inet', FIREWALL_NAME]);
    if (done.exitCode === 0) return done.stdout;
    if (hasNothingToList(done)) return '';
    throw new FirewallError(explainFailure('nft', DEBIAN_PACKAGE, done));
  }

  function listOurs(): string {
    const table = list();
    return isForeign(table) ? '' : table;
  }

  return {
    name: 'nft',
    canOffload: true,
    dealings: { verdicts: 'repeat', starts: way.starts },
    render: (plan) => `${renderNftTable(plan, way)}${way.queueing === 'nft' ? '' : unsayable(plan)}`,
    trouble(plan) {
      const input = renderNftTable(plan, way);
      const instructions = way.starts === 'told' ? ['--debug=netlink'] : [];
      const done = nft([...instructions, '--check', '-f', '-'], input);
      if (done.exitCode !== 0) return explainFailure('nft', DEBIAN_PACKAGE, done, input);
      if (way.starts === 'told' && !keepsBytesAsTheyAre(done.stdout)) {
        return 'this nft keeps numbers in another byte order';
      }
      return null;
    },
    install(plan) {
      const standing = standingTable(host);
      const table = standing === 'unclear' ? list() : '';
      if (isForeign(table)) {
        throw new FirewallError(
          `a table inet ${FIREWALL_NAME} stands that ${FIREWALL_NAME} did not make; it is left as it is.\n` +
            `  If nobody needs it: nft delete table inet ${FIREWALL_NAME}`,
        );
      }
      feed(renderNftReplacement(plan, way));
      const isReplaced = standing === 'ours' || table !== '';
      if (way.queueing === 'xtables') queueByXtables(plan, !isReplaced);
      return isReplaced;
    },
    remove() {
      if (listOurs() === '') return false;
      feed(renderNftRemoval());
      return true;
    },
    show: listOurs,
    isInstalled() {
      const table = listOurs();
      return table.includes('hook forward') && table.includes(remark(ASKS_USER_SPACE));
    },
  };

  /** Until this is done, questions go nowhere. */
  function queueByXtables(plan: FirewallPlan, isFresh: boolean): void {
    const refusal = host.requestNfnetlink(queueRuleRequest(plan)).find((errorNumber) => errorNumber !== 0);
    if (refusal === undefined) return;
    if (isFresh) feed(renderNftRemoval());
    throw new FirewallError(`the kernel refused a rule that queues by xtables: ${errorName(refusal)}`);
  }
}

/** What of the rules nft has no words for. */
function unsayable({ queues: { first, count } }: FirewallPlan): string {
  return `# in front of the rules of the chain ${QUESTION_CHAIN}: xtables' target NFQUEUE, queues ${first} to ${first + count - 1}\n`;
}

/** By the instructions that nft makes of a rule: what a SYN-ACK acknowledges is kept without being turned around. */
function keepsBytesAsTheyAre(instructions: string): boolean {
  return /\[ payload load 4b @ transport header \+ 8 => reg (\d+) \]\s+\[ ct set secmark with reg \1 \]/.test(
    instructions,
  );
}

/** Every rule of ours says so; a table without any rule has nothing to lose. */
function isForeign(table: string): boolean {
  const hasContent = /^\s*(chain|set|map|flowtable|counter|quota) /m.test(table);
  return hasContent && !table.includes(`comment "${remark('')}`);
}
