import type { Pack } from '../classify/pack.ts';
import type { Settings } from '../classify/settings.ts';

/** What a worker thread is told to do. Plain data: it crosses to the thread by structured clone. */
export interface WorkerSetup {
  readonly queue: number;
  readonly failOpen: boolean;
  readonly markMask: number;
  readonly allow: Settings['allow'];
  readonly packs: readonly Pack[];
  readonly firstFlowId: number;
  readonly control: SharedArrayBuffer;
  /** One word: how many turns the worker has had. */
  readonly turns: SharedArrayBuffer;
  /** The memory of the devices that chat, shared by all workers. */
  readonly devices: SharedArrayBuffer;
  /** The memory of the counters, how many rows it has, and which of them is this worker's. */
  readonly counters: SharedArrayBuffer;
  readonly rows: number;
  readonly row: number;
}

/** So much of the log crosses to the main thread at a time at the most: each crossing wakes three threads. */
export const BUNDLE_BYTES = 1024 * 1024;

/** What a worker thread tells. */
export type WorkerMessage =
  /** Its queue is bound; it reads once told to. `thread` is its number in the kernel. */
  | { readonly kind: 'bound'; readonly thread: number }
  /** It has rehearsed, and has nothing more to do that is not for a packet. */
  | { readonly kind: 'rehearsed' }
  /** It could not start, and why. */
  | { readonly kind: 'failed'; readonly message: string }
  /** Whole lines of the verdict log, each with its end. Shared memory is the receiver's until it is sent back. */
  | { readonly kind: 'lines'; readonly bytes: Uint8Array; readonly count: number };

/** The words of `control`: what the workers shall do, and how the rules want it done (`Dealings`), set before the order. */
export const Control = { order: 0, repeatsVerdicts: 1, tellsStarts: 2, words: 3 } as const;

export const Order = { wait: 0, serve: 1, stop: 2 } as const;
