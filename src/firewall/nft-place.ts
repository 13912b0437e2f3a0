import { explainFailure, FirewallError, hasNothingToList } from './firewall-error.ts';
import type { Host } from './host.ts';
import { type NftPart, renderNftRemoval, renderNftReplacement, renderNftTable } from './nft-ruleset.ts';
import type { Place } from './place.ts';
import { FIREWALL_NAME } from './plan.ts';

const DEBIAN_PACKAGE = 'nftables';

/** Our table of nf_tables. Both stages and both families are replaced in one transaction: there is no gap. */
export function nftPlace(host: Host, part: NftPart): Place {
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
    render: (plan) => renderNftTable(plan, part),
    trouble(plan) {
      const input = renderNftTable(plan, part);
      const done = nft(['--check', '-f', '-'], input);
      if (done.exitCode === 0) return null;
      const lacksQueue = /No such file or directory\n\s*queue /.test(done.stderr);
      return lacksQueue
        ? 'this kernel cannot queue packets by nft (module nft_queue)'
        : explainFailure('nft', DEBIAN_PACKAGE, done, input);
    },
    install(plan) {
      const table = list();
      if (isForeign(table)) {
        throw new FirewallError(
          `a table inet ${FIREWALL_NAME} stands that ${FIREWALL_NAME} did not make; it is left as it is.\n` +
            `  If nobody needs it: nft delete table inet ${FIREWALL_NAME}`,
        );
      }
      feed(renderNftReplacement(plan, part));
      return table !== '';
    },
    remove() {
      if (listOurs() === '') return false;
      feed(renderNftRemoval());
      return true;
    },
    show: listOurs,
    isInstalled: () => listOurs().includes('hook forward'),
  };
}

/** Every rule of ours says so; a table without any rule has nothing to lose. */
function isForeign(table: string): boolean {
  const hasContent = /^\s*(chain|set|map|flowtable|counter|quota) /m.test(table);
  return hasContent && !table.includes(`comment "${FIREWALL_NAME}: `);
}
