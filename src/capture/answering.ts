import type { Arrival } from '../judge/arrival.ts';
import { FlowState, type FlowState as State } from '../judge/flow-state.ts';
import type { Judge } from '../judge/judge.ts';
import type { NetfilterQueue, QueuedPacket } from '../netfilter-queue/index.ts';
import { Packet, readPacket } from '../packet/packet.ts';

/** How packets ask, and how they are answered: the firewall's to say. */
export interface Questions {
  stateOf(mark: number): State;
  isReply(mark: number): boolean;
  /** The sequence number of the client's first byte, unsigned; −1 where the packet does not tell. */
  clientStartOf(priority: number): number;
  /** The mark with another state; every bit that is not the gateway's stays. */
  withState(mark: number, state: State): number;
  /** The priority with which the packet goes through the rules again; null where it goes on from where it is. */
  readonly verdictPriority: number | null;
}

/** Who asks. */
export interface Asker {
  readonly questions: Questions;
  /** Where the answers go. */
  readonly verdicts: Pick<NetfilterQueue, 'accept' | 'repeat' | 'drop'>;
  readonly interfaceName: (index: number) => string | null;
}

/** Puts queued packets before the judge, one by one, and turns its judgements into the kernel's verdicts. */
export class Answering {
  readonly #judge: Judge;
  readonly #packet = new Packet();
  readonly #arrival: Arrival = {
    atMs: 0,
    known: FlowState.unknown,
    isReply: false,
    clientStart: -1,
    inInterface: null,
    sourceMacAt: -1,
    macBytes: new Uint8Array(0),
    epoch: 0,
  };

  constructor(judge: Judge) {
    this.#judge = judge;
  }

  /** The queue had nothing more: what comes from now on was queued when what was answered before had an effect. */
  queueRanDry(): void {
    this.#arrival.epoch += 1;
  }

  answer(queued: QueuedPacket, { questions, verdicts, interfaceName }: Asker, nowMs: number): void {
    const arrival = this.#arrival;
    const fault = readPacket(queued.bytes, queued.start, queued.end, this.#packet);
    arrival.atMs = nowMs;
    arrival.known = questions.stateOf(queued.mark);
    arrival.isReply = questions.isReply(queued.mark);
    arrival.clientStart = questions.clientStartOf(queued.priority);
    arrival.inInterface = interfaceName(queued.inIndex);
    arrival.macBytes = queued.bytes;
    const hasMac = queued.hardwareAddressEnd - queued.hardwareAddressStart === 6;
    arrival.sourceMacAt = hasMac ? queued.hardwareAddressStart : -1;
    const { act, state } = this.#judge.judge(this.#packet, fault, arrival);
    const { verdictPriority } = questions;
    if (act === 'drop') verdicts.drop(queued.id);
    else if (verdictPriority === null) verdicts.accept(queued.id, questions.withState(queued.mark, state));
    else verdicts.repeat(queued.id, questions.withState(queued.mark, state), verdictPriority);
  }
}
