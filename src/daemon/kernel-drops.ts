import type { FirewallPlan } from '../firewall/plan.ts';
import { type QueueStatus, readQueueStatus } from '../netfilter-queue/index.ts';

/** Packets the kernel dropped since this gateway bound its queues, because they came faster than they were judged. */
export class KernelDrops {
  readonly #statusOf: (queue: number) => QueueStatus | null;
  /** By queue, from the first on. */
  readonly #dropped: number[];
  readonly #first: number;
  #toldOf = 0;

  /** @param statusOf for tests. */
  constructor({ first, count }: FirewallPlan['queues'], statusOf = readQueueStatus) {
    this.#first = first;
    this.#dropped = Array.from({ length: count }, () => 0);
    this.#statusOf = statusOf;
  }

  /** As many as there are by now. Of a queue the kernel says nothing of any more, as many as it last said. */
  count(): number {
    this.#dropped.forEach((before, nth) => {
      const status = this.#statusOf(this.#first + nth);
      this.#dropped[nth] = status === null ? before : status.queueDropped + status.userDropped;
    });
    return this.#dropped.reduce((sum, each) => sum + each, 0);
  }

  /** As many as have come since this was last asked. */
  fresh(): number {
    const now = this.count();
    const more = now - this.#toldOf;
    this.#toldOf = now;
    return more;
  }
}
