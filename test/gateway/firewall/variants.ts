import { chooseBackend } from '../../../src/firewall/choose-backend.ts';
import { markLayout } from '../../../src/firewall/mark.ts';
import { nftPlace } from '../../../src/firewall/nft-place.ts';
import { nftQueueing } from '../../../src/firewall/nft-queueing.ts';
import type { FirewallPlan } from '../../../src/firewall/plan.ts';
import { rigMissing } from '../rig/gateway-rig.ts';
import { hostIn } from '../rig/namespace-host.ts';
import { removeNamespace, run } from '../rig/namespaces.ts';

export const PLAN: FirewallPlan = {
  lanInterfaces: ['wlan0'],
  queues: { first: 40, count: 2 },
  marks: markLayout(0x0f000000),
  tcpPorts: [80, 443, 8080, 14000],
  whenDown: 'closed',
  onDrop: 'drop',
  offloadDevices: [],
};

/** nft can be filled in two ways, of which the second is chosen where the first does not work. */
const ALL = [
  { name: 'nft', preference: 'nft', variant: 'nft' },
  { name: 'nft-and-xtables', preference: 'nft', variant: 'nft' },
  { name: 'iptables-nft', preference: 'iptables', variant: 'nft' },
  { name: 'iptables-legacy', preference: 'iptables', variant: 'legacy' },
] as const;

/** One way of filtering. */
export type Variant = (typeof ALL)[number] & {
  /** Why it cannot be tried here; null where it can. */
  readonly missing: string | null;
};

export const VARIANTS: readonly Variant[] = ALL.map((variant) => ({ ...variant, missing: missingFor(variant) }));

/** Why no flow can take the short cut here; null where it can. */
export const SHORT_CUT_MISSING = missingIn((namespace) => {
  const way = { queueing: 'xtables', starts: 'told' } as const;
  const trouble = nftPlace(hostIn(namespace), way).trouble({ ...PLAN, offloadDevices: ['lo'] });
  return trouble === null ? null : `this kernel takes no flowtable (${trouble.split('\n')[0]})`;
});

/** What of iptables this way of filtering has rules in. */
export function iptablesTools({ preference, variant }: Variant): readonly string[] {
  return preference === 'nft' ? [] : [`iptables-${variant}`, `ip6tables-${variant}`];
}

function missingFor({ name, preference, variant }: (typeof ALL)[number]): string | null {
  return missingIn((namespace) => {
    const host = hostIn(namespace, variant);
    const chosen = chooseBackend(host, preference, PLAN).name;
    const found = nftQueueing(host, PLAN);
    const queuesByItself = found.can && found.queueing === 'nft';
    if (name === 'nft') return queuesByItself ? null : 'this kernel cannot queue packets by nft';
    if (name === 'nft-and-xtables') return queuesByItself ? 'nft queues by itself here' : null;
    return chosen.includes(`(${variant})`) ? null : `${chosen} is chosen here`;
  });
}

/** What `why` finds missing in a namespace of its own. */
function missingIn(why: (namespace: string) => string | null): string | null {
  if (rigMissing !== null) return rigMissing;
  const scratch = `chatgate-${process.pid}-0-firewall`;
  run('ip', ['netns', 'add', scratch]);
  try {
    return why(scratch);
  } catch (error) {
    return error instanceof Error ? (error.message.split('\n')[1] ?? error.message).trim() : String(error);
  } finally {
    removeNamespace(scratch);
  }
}
