import { Worker } from 'node:worker_threads';
import { readQueueStatus } from '../netfilter-queue/index.ts';
import { canLeaveIdle, type Schedule, scheduleThread } from '../system/thread-schedule.ts';
import { GivingWay } from './giving-way.ts';
import type { WorkerMessage, WorkerSetup } from './worker-message.ts';

/** As seen from this file and from the bundle it becomes part of. */
const WORKER = new URL('../daemon/worker.cjs', import.meta.url);

/**
 * What a thread allocates before it looks for what can go. What a flow needs is gone within a round trip or stays
 * for minutes, so more room would only be more memory; V8 would take 48.
 */
const YOUNG_GENERATION_MB = 6;

export interface WorkerEvents {
  /** Whole lines of the verdict log; `whenDone` is to be called once nobody needs their memory any more. */
  onLines(bytes: Uint8Array, count: number, whenDone: () => void): void;
  /** A worker that had bound its queue ended. */
  onDeath(message: string): void;
}

/** One worker as the main thread knows it. It loads its modules at once, and is told later what to do. */
export class WorkerThread {
  readonly ended: Promise<void>;
  readonly #worker: Worker;
  readonly #turns = new Int32Array(new SharedArrayBuffer(4));
  /** Why it ended before it was told anything. */
  #failure: string | null = null;
  /** Its number in the kernel, once it has told. */
  #thread = 0;
  #schedule: Schedule = 'batch';
  /** The number of its queue. */
  #queue = 0;
  /** Null as long as it does not give way. */
  #giving: GivingWay | null = null;
  #onFailure = (message: string) => {
    this.#failure ??= message;
  };

  constructor() {
    const worker = new Worker(WORKER, {
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    this.#worker = worker;
    this.ended = new Promise((ended) => worker.once('exit', () => ended()));
    worker.once('exit', () => {
      this.#giving = null;
    });
    worker.once('error', (error) => this.#onFailure(error.stack ?? error.message));
    worker.once('exit', (code) => this.#onFailure(`a worker ended with code ${code}`));
  }

  /** Resolves once its queue is bound. @throws Error with the worker's complaint. */
  bind(setup: Omit<WorkerSetup, 'turns'>, { onLines, onDeath }: WorkerEvents): Promise<void> {
    const worker = this.#worker;
    this.#queue = setup.queue;
    return new Promise((resolve, reject) => {
      if (this.#failure !== null) reject(new Error(this.#failure));
      this.#onFailure = (message) => reject(new Error(message));
      worker.on('message', (message: WorkerMessage) => {
        switch (message.kind) {
          case 'bound':
            this.#onFailure = onDeath;
            this.#thread = message.thread;
            resolve();
            break;
          case 'rehearsed':
            if (canLeaveIdle()) this.#giving = new GivingWay(this.#turnsHad);
            break;
          case 'failed':
            this.#onFailure(message.message);
            break;
          case 'lines':
            onLines(message.bytes, message.count, () => {
              // To be filled again: what is left to the collector here may become dozens of megabytes before it comes.
              if (message.bytes.buffer instanceof SharedArrayBuffer) worker.postMessage(message.bytes.buffer);
            });
            break;
        }
      });
      worker.postMessage({ ...setup, turns: this.#turns.buffer });
    });
  }

  /**
   * Has the worker, once it has rehearsed, give way to all else on the box where there is time to spare, for as long as
   * that does not keep it waiting. To be called every `CHECK_MS`.
   */
  review(nowMs: number, hasSpareTime: boolean): void {
    if (this.#giving === null) return;
    // Where the kernel does not say, packets may be waiting.
    const hasWork = () => readQueueStatus(this.#queue)?.waiting !== 0;
    this.#beScheduled(this.#giving.check(this.#turnsHad, nowMs, hasSpareTime, hasWork) ? 'idle' : 'batch');
  }

  /** From now on it gives way no more: somebody waits for what it does next. */
  takeShare(): void {
    this.#giving = null;
    this.#beScheduled('batch');
  }

  get #turnsHad(): number {
    return Atomics.load(this.#turns, 0);
  }

  #beScheduled(due: Schedule): void {
    if (due !== this.#schedule && scheduleThread(this.#thread, due)) this.#schedule = due;
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }
}
