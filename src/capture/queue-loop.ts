import type { Arrival } from '../judge/arrival.ts';
import { FlowState, type FlowState as State } from '../judge/flow-state.ts';
import type { Judge } from '../judge/judge.ts';
import type { NetfilterQueue, QueuedPacket } from '../netfilter-queue/index.ts';
import { Packet, readPacket } from '../packet/packet.ts';
import type { HandshakeWatch } from './handshake-watch.ts';

/** How packet marks are read and written; the mark's layout is the firewall's. */
export interface MarkReader {
  stateOf(mark: number): State;
  isReply(mark: number): boolean;
  /** The mark with another state; every bit that is not the gateway's stays. */
  withState(mark: number, state: State): number;
}

export interface QueueLoopOptions {
  readonly queue: NetfilterQueue;
  readonly handshakes: HandshakeWatch;
  readonly marks: MarkReader;
  /** A clock that never jumps; only differences count. */
  readonly monotonicMs: () => number;
  readonly interfaceName: (index: number) => string | null;
  /** What else is done now and then, where no packet waits for it. */
  readonly onTick: () => void;
}

/** How often the judge is told the time, and copies of handshakes nobody asked for are taken in. */
const TICK_MS = 20;

/** Takes packets from one kernel queue to the judge, and its judgements back as packet marks. */
export class QueueLoop {
  readonly #options: QueueLoopOptions;
  readonly #packet = new Packet();
  readonly #arrival: Arrival = {
    atMs: 0,
    known: FlowState.unknown,
    isReply: false,
    inInterface: null,
    sourceMacAt: -1,
    macBytes: new Uint8Array(0),
    epoch: 0,
  };
  #lastTickMs = 0;

  constructor(options: QueueLoopOptions) {
    this.#options = options;
  }

  /**
   * Takes in one batch and answers it; with `wait`, waits for it, at most for the queue's receive time-out.
   * @returns how many packets it had.
   */
  turn(judge: Judge, wait: boolean): number {
    const { queue, monotonicMs, handshakes, onTick } = this.#options;
    const count = wait ? queue.receive() : queue.poll();
    if (count > 0) handshakes.packetsCame();
    const nowMs = monotonicMs();
    for (let i = 0; i < count; i += 1) this.#judge(judge, queue.packet(i), nowMs);
    if (queue.drained) this.#arrival.epoch += 1;
    queue.flush();
    if (nowMs - this.#lastTickMs >= TICK_MS) {
      this.#lastTickMs = nowMs;
      judge.tick(nowMs);
      if (count === 0) handshakes.read();
      onTick();
    }
    return count;
  }

  #judge(judge: Judge, queued: QueuedPacket, nowMs: number): void {
    const { marks, interfaceName } = this.#options;
    const arrival = this.#arrival;
    const fault = readPacket(queued.bytes, queued.start, queued.end, this.#packet);
    arrival.atMs = nowMs;
    arrival.known = marks.stateOf(queued.mark);
    arrival.isReply = marks.isReply(queued.mark);
    arrival.inInterface = interfaceName(queued.inIndex);
    arrival.macBytes = queued.bytes;
    const hasMac = queued.hardwareAddressEnd - queued.hardwareAddressStart === 6;
    arrival.sourceMacAt = hasMac ? queued.hardwareAddressStart : -1;
    const { act, state } = judge.judge(this.#packet, fault, arrival);
    if (act === 'drop') this.#options.queue.drop(queued.id);
    else this.#options.queue.accept(queued.id, marks.withState(queued.mark, state));
  }
}
