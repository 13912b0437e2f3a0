import { FirewallError } from './firewall-error.ts';
import type { Dealings, Place } from './place.ts';
import { checkPlan, type FirewallPlan } from './plan.ts';

/** The firewall as the daemon and the command line know it. */
export interface Backend {
  /** e.g. `nft`, `ip6tables (nft) and iptables (nft)`. */
  readonly name: string;
  /** Whether it can give allowed flows the short cut. */
  readonly canOffload: boolean;
  readonly dealings: Dealings;
  /** The text that puts the plan in place where nothing of ours stands. @throws RangeError */
  render(plan: FirewallPlan): string;
  /**
   * Makes the kernel do what the plan says, and only that: rules of an earlier run are replaced, and those that stand
   * elsewhere, from before another tool was chosen, are taken away. Install before serving the queues.
   * @throws FirewallError @throws RangeError
   */
  apply(plan: FirewallPlan): void;
  /** Takes away all rules of ours, wherever they stand. @throws FirewallError */
  remove(): void;
  /** What stands of ours; empty if nothing. @throws FirewallError */
  show(): string;
  /** Whether the rules are in force for every family. @throws FirewallError */
  isInstalled(): boolean;
}

/**
 * One backend out of the places it fills, at least one, which together cover every family and deal with user space
 * alike, and the other places where rules of ours may stand by then. The new rules stand before the old ones go: in
 * between both apply, and nothing passes unseen.
 */
export function backend(filled: readonly [Place, ...Place[]], others: () => readonly Place[]): Backend {
  const all = () => [...filled, ...others()];
  return {
    canOffload: filled.every((place) => place.canOffload),
    dealings: filled[0].dealings,
    name: filled.map((place) => place.name).join(' and '),
    render(plan) {
      checkPlan(plan);
      return filled.map((place) => place.render(plan)).join('\n');
    },
    apply(plan) {
      checkPlan(plan);
      installAll(filled, plan);
      for (const place of others()) place.remove();
    },
    remove() {
      removeFrom(all());
    },
    show() {
      return showAll(all());
    },
    isInstalled: () => filled.every((place) => place.isInstalled()),
  };
}

/** All places or, where nothing of ours stood before, none. */
function installAll(places: readonly Place[], plan: FirewallPlan): void {
  const fresh: Place[] = [];
  for (const place of places) {
    try {
      const isReplaced = place.install(plan);
      if (!isReplaced) fresh.push(place);
    } catch (error) {
      removeFrom(fresh);
      throw error;
    }
  }
}

/** Goes on where one fails, so that as little as possible is left standing. Names the places that held anything. */
export function removeFrom(places: readonly Place[]): readonly string[] {
  const cleared: string[] = [];
  const failures: string[] = [];
  for (const place of places) {
    try {
      if (place.remove()) cleared.push(place.name);
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  }
  if (failures.length > 0) throw new FirewallError(failures.join('\n'));
  return cleared;
}

export function showAll(places: readonly Place[]): string {
  return places
    .map((place) => ({ name: place.name, rules: place.show() }))
    .filter(({ rules }) => rules !== '')
    .map(({ name, rules }) => `# ${name}\n${rules.trimEnd()}\n`)
    .join('\n');
}
