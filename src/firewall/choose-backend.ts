import { type Backend, backend, removeFrom, showAll } from './backend.ts';
import { FirewallError } from './firewall-error.ts';
import type { Host } from './host.ts';
import { type IptablesPart, type IptablesTool, iptablesPlace } from './iptables-place.ts';
import type { IpFamily } from './iptables-ruleset.ts';
import { nftPlace } from './nft-place.ts';
import type { Place } from './place.ts';
import { checkPlan, type FirewallPlan } from './plan.ts';

export type BackendPreference = 'auto' | 'nft' | 'iptables';

/**
 * The first way of putting the plan in force that works here: nft; nft with a rule of iptables to queue by, where the
 * kernel lacks nft's own; iptables alone, by its default variant or else by the other one. What counts is what the
 * kernel takes, so the very rules are tried: by `nft --check`, and by iptables-restore in a network namespace of its
 * own.
 * @param tools where they have been looked for already.
 * @throws FirewallError naming everything tried and why it will not do.
 * @throws RangeError for an impossible plan.
 */
export function chooseBackend(
  host: Host,
  preference: BackendPreference,
  plan: FirewallPlan,
  tools?: FirewallTools,
): Backend {
  checkPlan(plan);
  const found = tools ?? firewallTools(host);
  const whole = findPlaces(host, found, 'everything');
  const shared = findPlaces(host, found, 'queueing');
  const byFamily = ({ ipv4, ipv6 }: Places) => (host.speaksIpv6() ? [ipv6, ipv4] : [ipv4]);
  const candidates: (readonly (readonly Place[])[])[] = [];
  // Our table comes first: without rules that queue, nothing passes that asks.
  if (preference !== 'iptables') candidates.push([[whole.nft]], [[shared.nft], ...byFamily(shared)]);
  if (preference !== 'nft') candidates.push(byFamily(whole));

  const troubles = new Set<string>();
  for (const parts of candidates) {
    const filled = allThatWork(parts, plan, troubles);
    if (filled !== null) {
      const names = new Set(filled.map((place) => place.name));
      return backend(
        filled,
        allPlaces(whole).filter((place) => !names.has(place.name)),
      );
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
  return removeFrom(allPlaces(findPlaces(host, firewallTools(host), 'everything')));
}

/** All rules of ours, wherever they stand. @throws FirewallError */
export function showFirewall(host: Host): string {
  return showAll(allPlaces(findPlaces(host, firewallTools(host), 'everything')));
}

/** The variants of iptables by family, the box's default first. */
export type FirewallTools = Readonly<Record<IpFamily, readonly IptablesTool[]>>;

/** Found out without knowing what the tools will have to do. */
export function firewallTools(host: Host): FirewallTools {
  return { ipv4: iptablesTools(host, 'ipv4'), ipv6: iptablesTools(host, 'ipv6') };
}

interface Places {
  readonly nft: Place;
  /** By variant, the box's default first. */
  readonly ipv4: readonly Place[];
  readonly ipv6: readonly Place[];
}

/** @param part what of the plan iptables is to do; nft does the rest. */
function findPlaces(host: Host, tools: FirewallTools, part: IptablesPart): Places {
  const iptables = (family: IpFamily) => tools[family].map((tool) => iptablesPlace(host, tool, part));
  const nft = nftPlace(host, part === 'queueing' ? 'all-but-queueing' : 'everything');
  return { nft, ipv4: iptables('ipv4'), ipv6: iptables('ipv6') };
}

function allPlaces(places: Places): readonly Place[] {
  return [places.nft, ...places.ipv6, ...places.ipv4];
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

/** The first of each part's alternatives; null where a part has none. */
function allThatWork(
  parts: readonly (readonly Place[])[],
  plan: FirewallPlan,
  troubles: Set<string>,
): readonly Place[] | null {
  const filled: Place[] = [];
  for (const alternatives of parts) {
    const found = alternatives.find((place) => {
      const trouble = place.trouble(plan);
      if (trouble !== null) troubles.add(`${place.name}: ${trouble}`);
      return trouble === null;
    });
    if (found === undefined) return null;
    filled.push(found);
  }
  return filled;
}
