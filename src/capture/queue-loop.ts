import type { NetfilterQueue } from '../netfilter-queue/index.ts';
import type { Answering, Asker } from './answering.ts';

export interface QueueLoopOptions {
  readonly queue: NetfilterQueue;
  readonly answering: Answering;
  readonly asker: Asker;
  /** A clock that never jumps; only differences count. */
  readonly monotonicMs: () => number;
  /** What else is done now and then, where no packet waits for it. */
  readonly onTick: (nowMs: number) => void;
}

const TICK_MS = 20;

/** Takes packets from one kernel queue, and sends the answers back a batch at a time. */
export class QueueLoop {
  readonly #options: QueueLoopOptions;
  #lastTickMs = 0;

  constructor(options: QueueLoopOptions) {
    this.#options = options;
  }

  /**
   * Takes in one batch and answers it; with `wait`, waits for it, at most for the queue's receive time-out.
   * @returns how many packets it had.
   */
  turn(wait: boolean): number {
    const { queue, answering, asker, monotonicMs, onTick } = this.#options;
    const count = queue.receive(wait);
    const nowMs = monotonicMs();
    for (let i = 0; i < count; i += 1) answering.answer(queue.packet(i), asker, nowMs);
    if (queue.drained) answering.queueRanDry();
    queue.flush();
    if (nowMs - this.#lastTickMs >= TICK_MS) {
      this.#lastTickMs = nowMs;
      onTick(nowMs);
    }
    return count;
  }
}
