import { type Backend, backend, removeFrom, showAll } from './backend.ts';
import { FirewallError } from './firewall-error.ts';
import type { Host } from './host.ts';
import type { IpFamily } from './ip-family.ts';
import { type IptablesTool, iptablesPlace } from './iptables-place.ts';
import { nftPlace } from './nft-place.ts';
import { nftQueueing } from './nft-queueing.ts';
import type { NftWay } from './nft-way.ts';
import type { Place } from './place.ts';
import { checkPlan, type FirewallPlan } from './plan.ts';
import { mayHoldIptablesRules } from './standing-iptables.ts';

export type BackendPreference = 'auto' | 'nft' | 'iptables';

/** The faster first. */
const STARTS = ['told', 'asked'] as const satisfies readonly NftWay['starts'][];

/**
 * The first way of putting the plan in force that works here: nft, with xtables' queue in it where the kernel lacks
 * nft's own, and without help from the kernel where that cannot keep what SYN-ACKs say; or iptables, by its default
 * variant or else by the other one. What counts is what the kernel takes, so the very rules are tried: by
 * `nft --check`, and by iptables-restore in a network namespace of its own.
 * @throws FirewallError naming everything tried and why it will not do.
 * @throws RangeError for an impossible plan.
 */
export function chooseBackend(host: Host, preference: BackendPreference, plan: FirewallPlan): Backend {
  checkPlan(plan);
  const troubles = new Set<string>();
  if (preference !== 'iptables') {
    const place = firstThatWorks(nftPlaces(host, plan, troubles), plan, troubles);
    if (place !== null) return backend([place], () => (mayHoldIptablesRules(host) ? allIptablesPlaces(host) : []));
  }
  if (preference !== 'nft') {
    const ipv6 = iptablesPlaces(host, 'ipv6');
    const ipv4 = iptablesPlaces(host, 'ipv4');
    const [first, ...more] = (host.speaksIpv6() ? [ipv6, ipv4] : [ipv4]).map((variants) =>
      firstThatWorks(variants, plan, troubles),
    );
    if (first != null && more.every((place) => place !== null)) {
      const filled = [first, ...more] as const;
      const others = [anyNftPlace(host), ...ipv6, ...ipv4].filter((place) => !filled.includes(place));
      return backend(filled, () => others);
    }
  }
  throw new FirewallError(
    ['no firewall tool here can do what is needed, for every family the kernel speaks:', ...troubles]
      .map((text) => text.replaceAll('\n', '\n  '))
      .join('\n  '),
  );
}

/** Takes away all rules of ours, wherever they stand; names the places that held any. @throws FirewallError */
export function removeFirewall(host: Host): readonly string[] {
  return removeFrom(allPlaces(host));
}

/** All rules of ours, wherever they stand. @throws FirewallError */
export function showFirewall(host: Host): string {
  return showAll(allPlaces(host));
}

function allPlaces(host: Host): readonly Place[] {
  return [anyNftPlace(host), ...allIptablesPlaces(host)];
}

function nftPlaces(host: Host, plan: FirewallPlan, troubles: Set<string>): readonly Place[] {
  const found = nftQueueing(host, plan);
  if (found.can) return STARTS.map((starts) => nftPlace(host, { queueing: found.queueing, starts }));
  for (const trouble of found.troubles) troubles.add(`nft: ${trouble}`);
  return [];
}

/** However nft's table is filled, it is read and cleared the same way. */
function anyNftPlace(host: Host): Place {
  return nftPlace(host, { queueing: 'nft', starts: 'told' });
}

function allIptablesPlaces(host: Host): readonly Place[] {
  return [...iptablesPlaces(host, 'ipv6'), ...iptablesPlaces(host, 'ipv4')];
}

/** By variant, the box's default first. */
function iptablesPlaces(host: Host, family: IpFamily): readonly Place[] {
  return iptablesTools(host, family).map((tool) => iptablesPlace(host, tool));
}

/** The default variant under its plain name, since only that one is sure to exist, and then the other. */
function iptablesTools(host: Host, family: IpFamily): readonly IptablesTool[] {
  const plain = family === 'ipv4' ? 'iptables' : 'ip6tables';
  const variant = host.run(plain, ['--version']).stdout.includes('nf_tables') ? 'nft' : 'legacy';
  const other = variant === 'nft' ? 'legacy' : 'nft';
  const tool = (kind: 'nft' | 'legacy', command: string): IptablesTool => ({
    family,
    variant: kind,
    saveCommand: `${command}-save`,
    restoreCommand: `${command}-restore`,
  });
  return [tool(variant, plain), tool(other, `${plain}-${other}`)];
}

function firstThatWorks(places: readonly Place[], plan: FirewallPlan, troubles: Set<string>): Place | null {
  for (const place of places) {
    const trouble = place.trouble(plan);
    if (trouble === null) return place;
    troubles.add(`${place.name}: ${trouble}`);
  }
  return null;
}
