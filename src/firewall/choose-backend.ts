import { type Backend, backend, removeFrom, showAll } from './backend.ts';
import { FirewallError } from './firewall-error.ts';
import type { Host } from './host.ts';
import { type IptablesTool, iptablesPlace } from './iptables-place.ts';
import type { IpFamily } from './iptables-ruleset.ts';
import { nftPlace } from './nft-place.ts';
import type { Place } from './place.ts';
import { checkPlan, type FirewallPlan } from './plan.ts';

export type BackendPreference = 'auto' | 'nft' | 'iptables';

/**
 * The first way of putting the plan in force that works here: nft, else iptables by its default variant, else by the
 * other one. What counts is what the kernel takes, so the very rules are tried: by `nft --check`, and by
 * iptables-restore in a network namespace of its own.
 * @throws FirewallError naming everything tried and why it will not do.
 * @throws RangeError for an impossible plan.
 */
export function chooseBackend(host: Host, preference: BackendPreference, plan: FirewallPlan): Backend {
  checkPlan(plan);
  const places = findPlaces(host);
  const candidates: (readonly (readonly Place[])[])[] = [];
  if (preference !== 'iptables') candidates.push([[places.nft]]);
  if (preference !== 'nft') {
    candidates.push(host.speaksIpv6() ? [places.ipv6, places.ipv4] : [places.ipv4]);
  }

  const troubles: string[] = [];
  for (const parts of candidates) {
    const found = parts.map((alternatives) => firstThatWorks(alternatives, plan, troubles));
    const filled = found.filter((place) => place !== null);
    if (filled.length === found.length) {
      return backend(
        filled,
        allPlaces(places).filter((place) => !filled.includes(place)),
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
  return removeFrom(allPlaces(findPlaces(host)));
}

/** All rules of ours, wherever they stand. @throws FirewallError */
export function showFirewall(host: Host): string {
  return showAll(allPlaces(findPlaces(host)));
}

interface Places {
  readonly nft: Place;
  /** By variant, the box's default first. */
  readonly ipv4: readonly Place[];
  readonly ipv6: readonly Place[];
}

function findPlaces(host: Host): Places {
  const iptables = (family: IpFamily) => iptablesTools(host, family).map((tool) => iptablesPlace(host, tool));
  return { nft: nftPlace(host), ipv4: iptables('ipv4'), ipv6: iptables('ipv6') };
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

function firstThatWorks(alternatives: readonly Place[], plan: FirewallPlan, troubles: string[]): Place | null {
  for (const place of alternatives) {
    const trouble = place.trouble(plan);
    if (trouble === null) return place;
    troubles.push(`${place.name}: ${trouble}`);
  }
  return null;
}
