import { Worker } from 'node:worker_threads';
import { BUNDLE_BYTES, Control, Order, type WorkerMessage, type WorkerSetup } from './worker-message.ts';

/** A thread that has been told to stop has this long to write out what it holds. */
const STOP_LIMIT_MS = 1_500;

/**
 * What a thread allocates before it looks for what can go. What a flow needs is gone within a round trip or stays
 * for minutes, so more room would only be more memory; V8 would take 48.
 */
const YOUNG_GENERATION_MB = 6;

export interface WorkerPoolEvents {
  /** Whole lines of the verdict log; `whenDone` is to be called once nobody needs their memory any more. */
  onLines(bytes: Uint8Array, count: number, whenDone: () => void): void;
  /** A worker ended although nobody told it to. */
  onDeath(message: string): void;
}

/** One thread a queue. They bind their queues at once, and read them when told to. */
export class WorkerPool {
  readonly #control = new Int32Array(new SharedArrayBuffer(4 * Control.words));
  readonly #workers: Worker[] = [];
  readonly #ended: Promise<void>[] = [];
  readonly #events: WorkerPoolEvents;

  constructor(events: WorkerPoolEvents) {
    this.#events = events;
  }

  /** @throws Error with the first worker's complaint; then none is left running. */
  async open(setups: readonly Omit<WorkerSetup, 'control'>[]): Promise<void> {
    try {
      await Promise.all(setups.map((setup) => this.#start(setup)));
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  serve(): void {
    this.#order(Order.serve);
  }

  async stop(): Promise<void> {
    this.#order(Order.stop);
    const limit = new Promise<void>((resolve) => setTimeout(resolve, STOP_LIMIT_MS).unref());
    await Promise.race([Promise.all(this.#ended), limit]);
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #order(order: number): void {
    Atomics.store(this.#control, Control.order, order);
    Atomics.notify(this.#control, Control.order);
  }

  #start(setup: Omit<WorkerSetup, 'control'>): Promise<void> {
    const worker = new Worker(new URL('./worker.js', import.meta.url), {
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
      workerData: { ...setup, control: this.#control.buffer },
    });
    this.#workers.push(worker);
    return new Promise((resolve, reject) => {
      let isBound = false;
      const died = (message: string) => {
        if (!isBound) reject(new Error(message));
        else if (Atomics.load(this.#control, Control.order) !== Order.stop) this.#events.onDeath(message);
      };
      this.#ended.push(new Promise((ended) => worker.once('exit', () => ended())));
      worker.on('message', (message: WorkerMessage) => {
        switch (message.kind) {
          case 'bound':
            isBound = true;
            resolve();
            break;
          case 'failed':
            died(message.message);
            break;
          case 'lines':
            this.#events.onLines(message.bytes, message.count, () => {
              // To be filled again: what is left to the collector here may become dozens of megabytes before it comes.
              if (message.bytes.buffer.byteLength >= BUNDLE_BYTES) {
                worker.postMessage(message.bytes.buffer, [message.bytes.buffer]);
              }
            });
            break;
        }
      });
      worker.once('error', (error) => died(error.stack ?? error.message));
      worker.once('exit', (code) => died(`a worker ended with code ${code}`));
    });
  }
}
