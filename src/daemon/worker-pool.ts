import type { Dealings } from '../firewall/place.ts';
import { monotonicMs } from '../system/monotonic-ms.ts';
import { SpareTime } from '../system/spare-time.ts';
import { CHECK_MS } from './giving-way.ts';
import { Control, Order, type WorkerSetup } from './worker-message.ts';
import { type WorkerEvents, WorkerThread } from './worker-thread.ts';

/** A thread that has been told to stop has this long to write out what it holds. */
const STOP_LIMIT_MS = 1_500;

/** One judges some ten thousand connections a second and takes 20 MB, which a small box has better uses for. */
const MOST_UNTOLD = 2;

/** How many workers there are where the owner does not say. */
export function workersUntold(cores: number): number {
  return Math.min(cores, MOST_UNTOLD);
}

/** One thread a queue. They bind their queues at once, and read them when told to. */
export class WorkerPool {
  readonly #control = new Int32Array(new SharedArrayBuffer(4 * Control.words));
  /** Nobody told them anything yet. */
  readonly #idle: WorkerThread[];
  readonly #told: WorkerThread[] = [];
  #watch: NodeJS.Timeout | undefined;

  /** @param ahead so many threads load what they need while it is found out how many there shall be, and for what. */
  constructor(ahead: number) {
    this.#idle = Array.from({ length: ahead }, () => new WorkerThread());
  }

  /** @throws Error with the first worker's complaint; then none is left running. */
  async open(
    setups: readonly Omit<WorkerSetup, 'control' | 'turns'>[],
    { onLines, onDeath }: WorkerEvents,
  ): Promise<void> {
    const events: WorkerEvents = {
      onLines,
      onDeath: (message) => {
        if (Atomics.load(this.#control, Control.order) !== Order.stop) onDeath(message);
      },
    };
    try {
      const bindings = setups.map((setup) => {
        const thread = this.#idle.pop() ?? new WorkerThread();
        this.#told.push(thread);
        return thread.bind({ ...setup, control: this.#control.buffer }, events);
      });
      await Promise.all([...bindings, this.#dismissIdle()]);
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  serve({ verdicts, starts }: Dealings): void {
    Atomics.store(this.#control, Control.repeatsVerdicts, verdicts === 'repeat' ? 1 : 0);
    Atomics.store(this.#control, Control.tellsStarts, starts === 'told' ? 1 : 0);
    this.#order(Order.serve);
    const spareTime = new SpareTime();
    // One for all of them: to wake up for it is most of what it costs.
    this.#watch = setInterval(() => {
      const nowMs = monotonicMs();
      const hasSpareTime = spareTime.isThereAt(nowMs);
      for (const thread of this.#told) thread.review(nowMs, hasSpareTime);
    }, CHECK_MS).unref();
  }

  async stop(): Promise<void> {
    this.#order(Order.stop);
    clearInterval(this.#watch);
    for (const thread of this.#told) thread.takeShare();
    const limit = new Promise<void>((resolve) => setTimeout(resolve, STOP_LIMIT_MS).unref());
    await Promise.race([Promise.all(this.#told.map((thread) => thread.ended)), limit]);
    await Promise.all([this.#dismissIdle(), ...this.#told.map((thread) => thread.terminate())]);
  }

  async #dismissIdle(): Promise<void> {
    await Promise.all(this.#idle.splice(0).map((thread) => thread.terminate()));
  }

  #order(order: number): void {
    Atomics.store(this.#control, Control.order, order);
    Atomics.notify(this.#control, Control.order);
  }
}
