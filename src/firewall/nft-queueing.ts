import { errorName } from '../netfilter-queue/index.ts';
import { NEEDS_ROOT } from './firewall-error.ts';
import type { Host } from './host.ts';
import type { NftWay } from './nft-way.ts';
import type { FirewallPlan } from './plan.ts';
import { queueRuleTrial } from './queue-rule.ts';

/** Before it a verdict cannot change a packet's priority, nor can user space read that. */
const OLDEST_KERNEL = [5, 18] as const;

/** The faster first. */
const WAYS = [
  { queueing: 'nft', name: 'nft', modules: 'module nft_queue' },
  { queueing: 'xtables', name: 'xtables in nft', modules: 'modules nft_compat, xt_NFQUEUE' },
] as const;

/** How rules of nft can queue on this kernel, or why they cannot. */
export type NftQueueing =
  | { readonly can: true; readonly queueing: NftWay['queueing'] }
  | { readonly can: false; readonly troubles: readonly string[] };

/** The kernel is asked about both ways at once, as each time it is asked it waits for all its processors. */
export function nftQueueing(host: Host, plan: FirewallPlan): NftQueueing {
  const release = host.kernelRelease();
  if (isTooOld(release)) {
    return { can: false, troubles: [`this kernel (${release}) is older than ${OLDEST_KERNEL.join('.')}`] };
  }
  const ways = WAYS.map(({ queueing }) => queueing);
  const [table = 0, chain = 0, ...rules] = host.requestNfnetlink(queueRuleTrial(plan, ways));
  const refusals = WAYS.map((_, nth) => table || chain || (rules[nth] ?? 0));
  const way = WAYS[refusals.indexOf(0)];
  if (way !== undefined) return { can: true, queueing: way.queueing };
  return { can: false, troubles: WAYS.map(({ name, modules }, nth) => trouble(name, modules, refusals[nth] ?? 0)) };
}

function trouble(name: string, modules: string, refusal: number): string {
  const error = errorName(refusal);
  return error === 'EPERM' ? NEEDS_ROOT : `this kernel cannot queue packets by ${name} (${error}; ${modules})`;
}

function isTooOld(release: string): boolean {
  const [major = 0, minor = 0] = release.split('.').map((part) => Number.parseInt(part, 10));
  return major < OLDEST_KERNEL[0] || (major === OLDEST_KERNEL[0] && minor < OLDEST_KERNEL[1]);
}
