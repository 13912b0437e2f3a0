import { setTimeout as sleep } from 'node:timers/promises';
import type { Destination } from './destination.ts';
import { type Bundle, LineChunk } from './line-chunk.ts';

/** About 10,000 lines: some seconds of the busiest gateway, and no burden on a small one. */
export const MAX_QUEUED_BYTES = 4 * 1024 * 1024;
/** At most this in one write, unless one bundle is longer. What a failure tears is one line of it. */
const MAX_CHUNK_BYTES = 64 * 1024;
const RETRY_MS = 1000;
/** A pipe whose reader is slow. */
const BUSY_RETRY_MS = 50;

export type WriterState =
  | { readonly kind: 'failing'; readonly destination: string; readonly reason: string }
  | { readonly kind: 'working'; readonly destination: string; readonly linesLost: number };

export interface WriterOptions {
  readonly destination: Destination;
  /** Told when writing begins to fail and when it works again, never twice the same in a row. */
  readonly onState?: (state: WriterState) => void;
  readonly maxQueuedBytes?: number;
  readonly retryMs?: number;
}

/**
 * Writes lines to one destination in the background, which it opens at once: `write` never waits, throws or lets memory grow. Lines beyond
 * the queue's cap are lost and counted. While a destination fails – disk full, nobody reading – the queue is kept and
 * tried again every second, so that a short trouble costs nothing; a line of which only a part was written is given
 * up, and the next begins on a line of its own.
 *
 * sonic-boom does not serve here: once its `maxLength` is reached after an error it drops every line without trying
 * again, and so stays silent when the disk has room (seen with 5.0.2 on a full tmpfs).
 */
export class LineWriter {
  readonly #destination: Destination;
  readonly #onState: (state: WriterState) => void;
  readonly #maxQueuedBytes: number;
  readonly #retryMs: number;
  readonly #giveUp = new AbortController();
  #queue: Bundle[] = [];
  #queuedBytes = 0;
  #chunk: LineChunk | null = null;
  /** Null exactly while nothing is left to do. */
  #running: Promise<void> | null = null;
  #isOpen = false;
  #isFailing = false;
  #reopenWanted = false;
  #isClosed = false;
  #written = 0;
  #lost = 0;

  constructor(options: WriterOptions) {
    this.#destination = options.destination;
    this.#onState = options.onState ?? (() => {});
    this.#maxQueuedBytes = options.maxQueuedBytes ?? MAX_QUEUED_BYTES;
    this.#retryMs = options.retryMs ?? RETRY_MS;
    this.reopen();
  }

  get linesWritten(): number {
    return this.#written;
  }

  get linesLost(): number {
    return this.#lost;
  }

  /** @param bytes one or more whole lines, each with its end; they must not change until `whenDone` is called. */
  write(bytes: Uint8Array, lines: number, whenDone: () => void = () => {}): void {
    if (this.#isClosed || this.#queuedBytes + bytes.length > this.#maxQueuedBytes) {
      this.#lost += lines;
      whenDone();
      return;
    }
    this.#queue.push({ bytes, lines, whenDone });
    this.#queuedBytes += bytes.length;
    this.#run();
  }

  /** Opens the file anew under its name before the next line, after whoever rotates logs has moved it away. */
  reopen(): void {
    this.#reopenWanted = true;
    if (!this.#isClosed) this.#run();
  }

  /** Writes what is queued, for at most `limitMs`; what is not written by then is lost and counted. */
  async close(limitMs: number): Promise<void> {
    this.#isClosed = true;
    const limit = new AbortController();
    const late = sleep(limitMs, undefined, { signal: limit.signal }).catch(() => {});
    await Promise.race([this.#running, late]);
    limit.abort();
    this.#giveUp.abort();
    this.#lost += this.#chunk?.linesLeft ?? 0;
    for (const { lines } of this.#queue) this.#lost += lines;
    this.#chunk = null;
    this.#queue = [];
    this.#queuedBytes = 0;
    const closed = this.#destination.close();
    // A write that still hangs holds up the closing too; then the descriptor goes with the process.
    if (this.#running === null) await closed;
  }

  #run(): void {
    this.#running ??= this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    // Lines that come in the same turn of the event loop are written together.
    await new Promise(setImmediate);
    while (!this.#giveUp.signal.aborted && (this.#chunk !== null || this.#queue.length > 0 || this.#reopenWanted)) {
      try {
        await this.#writeSome();
      } catch (error) {
        if (!this.#giveUp.signal.aborted) await this.#recover(error);
      }
    }
    this.#running = null;
  }

  async #writeSome(): Promise<void> {
    if (this.#reopenWanted) {
      this.#reopenWanted = false;
      await this.#closeDestination();
    }
    if (!this.#isOpen) {
      const { atLineStart } = await this.#destination.open();
      this.#isOpen = true;
      if (!atLineStart) await this.#destination.write(Buffer.from('\n'));
    }
    this.#chunk ??= this.#nextChunk();
    if (this.#chunk === null) return;
    const chunk = this.#chunk;
    const count = await this.#destination.write(chunk.rest);
    if (this.#giveUp.signal.aborted) return;
    this.#written += chunk.advance(count);
    this.#endChunk();
    if (this.#isFailing) {
      this.#isFailing = false;
      this.#onState({ kind: 'working', destination: this.#destination.name, linesLost: this.#lost });
    }
  }

  #endChunk(): void {
    if (this.#chunk?.isEmpty !== true) return;
    this.#chunk.release();
    this.#chunk = null;
  }

  #nextChunk(): LineChunk | null {
    if (this.#queue.length === 0) return null;
    let bytes = 0;
    let bundles = 0;
    for (const bundle of this.#queue) {
      if (bundles > 0 && bytes + bundle.bytes.length > MAX_CHUNK_BYTES) break;
      bytes += bundle.bytes.length;
      bundles += 1;
    }
    this.#queuedBytes -= bytes;
    return new LineChunk(this.#queue.splice(0, bundles));
  }

  async #recover(error: unknown): Promise<void> {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'EAGAIN') {
      await this.#pause(BUSY_RETRY_MS);
      return;
    }
    await this.#closeDestination();
    if (!this.#isFailing) {
      this.#isFailing = true;
      this.#onState({ kind: 'failing', destination: this.#destination.name, reason: reasonOf(error) });
    }
    await this.#pause(this.#retryMs);
  }

  /** What comes next begins in another file, or after a line that nobody will complete. */
  async #closeDestination(): Promise<void> {
    this.#isOpen = false;
    this.#lost += this.#chunk?.dropTornLine() ?? 0;
    this.#endChunk();
    await this.#destination.close();
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#giveUp.signal }).catch(() => {});
  }
}

/** Node's `ENOSPC: no space left on device, write` as `no space left on device`. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return /^[A-Z]+: ([^,]+),/.exec(error.message)?.[1] ?? error.message;
}
