import type { Arrival } from '../judge/arrival.ts';
import { FlowState, type FlowState as State } from '../judge/flow-state.ts';
import type { Judge } from '../judge/judge.ts';
import type { NetfilterQueue, QueuedPacket } from '../netfilter-queue/index.ts';
import { Packet, readPacket } from '../packet/packet.ts';

/** How packet marks are read and written; the mark's layout is the firewall's. */
export interface MarkReader {
  stateOf(mark: number): State;
  isReply(mark: number): boolean;
  /** The mark with another state; every bit that is not the gateway's stays. */
  withState(mark: number, state: State): number;
}

export interface QueueLoopOptions {
  readonly queue: NetfilterQueue;
  readonly marks: MarkReader;
  /** A clock that never jumps; only differences count. */
  readonly monotonicMs: () => number;
  readonly interfaceName: (index: number) => string | null;
}

/** Packets held back are released at the latest this long after they are due. */
const TICK_MS = 50;

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
    token: 0,
  };
  /** The packet marks of held packets, by packet id. */
  readonly #heldMarks = new Map<number, number>();
  #lastTickMs = 0;

  constructor(options: QueueLoopOptions) {
    this.#options = options;
  }

  /** Waits for one batch (at most the queue's receive time-out) and answers it. */
  turn(judge: Judge): void {
    const { queue, monotonicMs } = this.#options;
    const count = queue.receive();
    const nowMs = monotonicMs();
    for (let i = 0; i < count; i += 1) this.#judge(judge, queue.packet(i), nowMs);
    if (queue.drained) this.#arrival.epoch += 1;
    if (nowMs - this.#lastTickMs >= TICK_MS) {
      this.#lastTickMs = nowMs;
      judge.tick(nowMs);
    }
    queue.flush();
  }

  /** Gives a held packet its verdict. */
  release(id: number, act: 'accept' | 'drop', state: State): void {
    const mark = this.#heldMarks.get(id);
    if (mark === undefined) return;
    this.#heldMarks.delete(id);
    this.#answer(id, mark, act, state);
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
    arrival.token = queued.id;
    const { act, state } = judge.judge(this.#packet, fault, arrival);
    if (act === 'hold') this.#heldMarks.set(queued.id, queued.mark);
    else this.#answer(queued.id, queued.mark, act, state);
  }

  #answer(id: number, mark: number, act: 'accept' | 'drop', state: State): void {
    if (act === 'drop') this.#options.queue.drop(id);
    else this.#options.queue.accept(id, this.#options.marks.withState(mark, state));
  }
}
