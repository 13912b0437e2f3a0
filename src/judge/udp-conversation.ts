import type { Allow } from '../classify/decision.ts';
import type { DatagramDissector } from '../dissect/dissector.ts';
import type { Facts } from '../dissect/facts.ts';
import { type DatagramMatch, type DatagramStep, FREE, type Never } from '../dissect/outcome.ts';
import type { Packet } from '../packet/packet.ts';
import type { Flow } from './flow.ts';
import { FlowState } from './flow-state.ts';
import { MAX_EARLY_ANSWERS, MAX_KEPT_PER_DATAGRAM_BYTE } from './limits.ts';
import { type Decide, denied, GOING_ON, type Reading, UNRECOGNISED } from './reading.ts';

/** Both directions of one UDP flow while something of it is still to be read. An allow is final once answered. */
export class UdpConversation {
  #candidates: readonly DatagramStep[];
  #clientStep: DatagramStep | typeof FREE | null = null;
  #serverStep: DatagramStep | typeof FREE | null = null;
  #earlyAnswers = 0;
  #unansweredBytes = 0;
  #isAnswered = false;
  allow: Allow | null = null;
  facts: Facts | null = null;

  constructor(candidates: readonly DatagramDissector[]) {
    this.#candidates = candidates.map((candidate) => candidate.begin);
  }

  /** An estimate from above: what steps keep of the datagrams they have read, only they know. */
  get bytesHeld(): number {
    return this.#isAnswered ? 0 : this.#unansweredBytes * MAX_KEPT_PER_DATAGRAM_BYTE;
  }

  get state(): FlowState {
    if (this.allow === null || !this.#isAnswered || this.#serverStep !== FREE) return FlowState.pending;
    return this.#clientStep === FREE ? FlowState.allowed : FlowState.followed;
  }

  /** Whether the server has begun to answer as it should. */
  get isAnswered(): boolean {
    return this.allow !== null && this.#isAnswered;
  }

  readClient(packet: Packet, flow: Flow, decide: Decide): Reading {
    if (this.#clientStep === FREE) return GOING_ON;
    this.#unansweredBytes += packet.capturedLength;
    const outcome = this.#readDatagram(payloadOf(packet));
    if (outcome === null) return GOING_ON;
    if (outcome.kind === 'never') return denied(outcome.code ?? UNRECOGNISED);
    if (outcome.facts !== null) {
      const decision = decide(outcome.facts, flow);
      this.facts = outcome.facts;
      if (decision.action === 'deny') return denied(decision.reason);
      this.allow = decision;
    }
    this.#clientStep = outcome.next;
    if (outcome.answer !== undefined) this.#serverStep = outcome.answer;
    this.#serverStep ??= FREE;
    return GOING_ON;
  }

  readServer(packet: Packet, _flow: Flow, _decide: Decide): Reading {
    if (this.#serverStep === null) {
      this.#earlyAnswers += 1;
      const isAwaited = this.#clientStep === null && this.#candidates.length > 0;
      return isAwaited && this.#earlyAnswers <= MAX_EARLY_ANSWERS ? GOING_ON : denied('server-spoke-first');
    }
    if (this.#serverStep !== FREE) {
      const outcome = this.#serverStep(payloadOf(packet));
      if (outcome.kind === 'never') return denied(outcome.code ?? 'answer-unrecognised');
      this.#serverStep = outcome.next;
      if (outcome.kind === 'more') return GOING_ON;
      if (outcome.answer !== undefined) this.#clientStep = outcome.answer;
    }
    this.#isAnswered = true;
    return GOING_ON;
  }

  /** Null where nobody can say yet. */
  #readDatagram(payload: Uint8Array): DatagramMatch | Never | null {
    if (this.#clientStep !== null && this.#clientStep !== FREE) {
      const outcome = this.#clientStep(payload);
      if (outcome.kind !== 'more') return outcome;
      this.#clientStep = outcome.next;
      return null;
    }
    const waiting: DatagramStep[] = [];
    let code: string | null = null;
    for (const candidate of this.#candidates) {
      const outcome = candidate(payload);
      if (outcome.kind === 'match') return outcome;
      if (outcome.kind === 'more') waiting.push(outcome.next);
      else code ??= outcome.code;
    }
    this.#candidates = waiting;
    return waiting.length > 0 ? null : { kind: 'never', code };
  }
}

function payloadOf(packet: Packet): Uint8Array {
  return packet.bytes.subarray(packet.payloadAt, packet.payloadAt + packet.capturedLength);
}
