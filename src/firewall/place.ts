import type { FirewallPlan } from './plan.ts';

/** What user space has to know of the rules it answers. */
export interface Dealings {
  /**
   * What brings a verdict before the rules that carry it out: an accepted packet goes on to them, or a repeated one goes
   * through the same chain again, with `VERDICT_PRIORITY`.
   */
  readonly verdicts: 'accept' | 'repeat';
  /**
   * Whether the priority of a packet that asks tells where its client's stream starts (the sequence number of its first
   * byte, in the byte order of the network read as a number of the host), or SYN-ACKs ask, which say it themselves.
   */
  readonly starts: 'told' | 'asked';
}

/** Somewhere in the kernel where our rules can stand, and the tool that puts them there. */
export interface Place {
  /** As a person knows it: `nft`, `iptables (legacy)`. */
  readonly name: string;
  /** Whether it can give allowed flows the short cut. */
  readonly canOffload: boolean;
  readonly dealings: Dealings;
  /** What would be handed to the tool if nothing of ours stood there. */
  render(plan: FirewallPlan): string;
  /** Whether tool and kernel can do it, found out without touching the rules in force. Null: yes; else why not. */
  trouble(plan: FirewallPlan): string | null;
  /**
   * Puts the plan in the place of what stands there of ours; says whether there was anything.
   * @throws FirewallError and leaves the rules as they were.
   */
  install(plan: FirewallPlan): boolean;
  /** Takes away all that is ours; says whether there was any. @throws FirewallError */
  remove(): boolean;
  /** What stands there of ours, as the tool prints it; empty where nothing does. @throws FirewallError */
  show(): string;
  /** Whether our rules are in force. @throws FirewallError */
  isInstalled(): boolean;
}
