import type { Allow } from '../classify/decision.ts';
import type { StreamDissector } from '../dissect/dissector.ts';
import type { Facts } from '../dissect/facts.ts';
import { FREE, type StreamMatch, type StreamStep } from '../dissect/outcome.ts';
import { type Insertion, Stream } from '../flow/stream.ts';
import type { Packet } from '../packet/packet.ts';
import { ACK, SYN, URG } from '../packet/tcp.ts';
import { FlowState } from './flow-state.ts';
import { MAX_FIRST_FLIGHT_BYTES } from './limits.ts';
import { type Decide, denied, GOING_ON, type Reading, UNRECOGNISED } from './reading.ts';

/**
 * Both directions of one TCP connection while something of it is still to be read. The client speaks first; an
 * allow is final once the server has acknowledged every byte it rests on, so that bytes the server never took
 * prove nothing.
 */
export class TcpConversation {
  #client: Stream | null = null;
  #server: Stream | null = null;
  /** The sequence number of the server's first byte, as the client's first segment says. */
  #serverOrigin: number | null = null;
  #isStartKnown = false;
  #candidates: readonly StreamDissector[];
  #clientStep: StreamStep | typeof FREE | null = null;
  #serverStep: StreamStep | typeof FREE | null = null;
  #hasAnswered = false;
  #atLeast = 1;
  allow: Allow | null = null;
  facts: Facts | null = null;

  constructor(candidates: readonly StreamDissector[]) {
    this.#candidates = candidates;
  }

  get bytesHeld(): number {
    return (this.#client?.bytesHeld ?? 0) + (this.#server?.bytesHeld ?? 0);
  }

  get state(): FlowState {
    if (this.allow === null || this.#client?.hasEvidence === true || this.#serverStep !== FREE)
      return FlowState.pending;
    return this.#clientStep === FREE ? FlowState.allowed : FlowState.followed;
  }

  /** Whether the server has taken what the allow rests on and has begun to answer as it should. */
  get isAnswered(): boolean {
    return (
      this.allow !== null && this.#client?.hasEvidence === false && (this.#serverStep === FREE || this.#hasAnswered)
    );
  }

  /** The SYN that opened the connection, be it for the second time: the client's stream starts behind it. */
  synSeen(sequence: number): void {
    this.#client ??= new Stream((sequence + 1) >>> 0);
    this.#isStartKnown = true;
  }

  readClient(packet: Packet, decide: Decide): Reading {
    if (packet.payloadLength === 0) return GOING_ON;
    if ((packet.flags & URG) !== 0) return denied('urgent-data');
    const sequence = (packet.flags & SYN) === 0 ? packet.sequence : (packet.sequence + 1) >>> 0;
    this.#client ??= new Stream(sequence);
    if ((packet.flags & ACK) !== 0) this.#serverOrigin ??= packet.acknowledgement;
    const client = this.#client;
    let offset = client.offsetOf(sequence);
    if (offset < 0) {
      if (this.#isStartKnown || offset < -MAX_FIRST_FLIGHT_BYTES) return denied('bytes-before-start');
      this.#startOver(client, -offset);
      offset = 0;
    }
    const fault = faultOf(client.insert(offset, capturedPayload(packet)));
    if (fault !== null) return denied(fault);
    const reading = this.#advanceClient(client, decide);
    client.keep();
    return reading;
  }

  readServer(packet: Packet, decide: Decide): Reading {
    if ((packet.flags & ACK) !== 0 && this.#client !== null) {
      this.#client.acknowledge(this.#client.offsetOf(packet.acknowledgement));
      // What has been acknowledged is whole from its first byte on.
      if (this.allow !== null && !this.#client.hasEvidence) this.#isStartKnown = true;
    }
    if (packet.payloadLength === 0) return GOING_ON;
    if (this.#serverStep === null) return denied('server-spoke-first');
    if (this.#serverStep === FREE) return GOING_ON;
    this.#server ??= new Stream(this.#serverOrigin ?? packet.sequence);
    const server = this.#server;
    const offset = server.offsetOf(packet.sequence);
    if (offset < 0) return GOING_ON;
    const fault = faultOf(server.insert(offset, capturedPayload(packet)));
    if (fault !== null) return denied(fault);
    const reading = this.#advanceServer(server);
    server.acknowledge(Number.POSITIVE_INFINITY);
    server.keep();
    // What the server said may have changed who reads the client's bytes, and some may be waiting.
    return reading.kind === 'going-on' && this.#client !== null ? this.#advanceClient(this.#client, decide) : reading;
  }

  #advanceClient(client: Stream, decide: Decide): Reading {
    while (client.unread.length >= this.#atLeast && this.#clientStep !== FREE) {
      const step = this.#clientStep;
      const outcome = step === null ? this.#recognise(client.unread) : step(client.unread);
      if (outcome.kind === 'more') {
        this.#atLeast = outcome.atLeast;
        return GOING_ON;
      }
      if (outcome.kind === 'never') {
        const reason = outcome.code ?? UNRECOGNISED;
        return step === null && !this.#isStartKnown ? { kind: 'not-a-start', reason } : denied(reason);
      }
      if (outcome.facts !== null) {
        const decision = decide(outcome.facts);
        this.facts = outcome.facts;
        if (decision.action === 'deny') return denied(decision.reason);
        this.allow = decision;
      }
      this.#goOn(client, outcome);
      if (client.hasTooMuchEvidence) return denied('too-much-unacknowledged');
    }
    return GOING_ON;
  }

  /** The first bytes seen had overtaken others: what was made of them does not count. */
  #startOver(client: Stream, earlierBytes: number): void {
    client.moveStartBack(earlierBytes);
    this.#clientStep = null;
    this.#serverStep = null;
    this.#atLeast = 1;
    this.allow = null;
    this.facts = null;
  }

  #goOn(client: Stream, match: StreamMatch): void {
    client.consume(match.consumed, match.skip);
    this.#readClientBy(match.next);
    if (match.answer !== undefined) this.#serverStep = match.answer;
    if (this.#serverStep === null) this.#serverStep = FREE;
  }

  #readClientBy(step: StreamStep | typeof FREE): void {
    this.#clientStep = step;
    this.#atLeast = 1;
    if (step === FREE) this.#client?.free();
  }

  /** Asks every protocol that may still be the one: the first match wins, and only when all say never it is over. */
  #recognise(bytes: Uint8Array): ReturnType<StreamStep> {
    let atLeast = Number.POSITIVE_INFINITY;
    let code: string | null = null;
    for (const candidate of this.#candidates) {
      const outcome = candidate.begin(bytes);
      if (outcome.kind === 'match') return outcome;
      if (outcome.kind === 'more') atLeast = Math.min(atLeast, outcome.atLeast);
      else code ??= outcome.code;
    }
    return atLeast === Number.POSITIVE_INFINITY ? { kind: 'never', code } : { kind: 'more', atLeast };
  }

  #advanceServer(server: Stream): Reading {
    while (server.unread.length > 0 && this.#serverStep !== FREE && this.#serverStep !== null) {
      const outcome = this.#serverStep(server.unread);
      if (outcome.kind === 'more') return GOING_ON;
      if (outcome.kind === 'never') return denied(outcome.code ?? 'answer-unrecognised');
      this.#hasAnswered = true;
      server.consume(outcome.consumed, outcome.skip);
      this.#serverStep = outcome.next;
      if (outcome.next === FREE) server.free();
      if (outcome.answer !== undefined) this.#readClientBy(outcome.answer);
    }
    return GOING_ON;
  }
}

function capturedPayload(packet: Packet): Uint8Array {
  return packet.bytes.subarray(packet.payloadAt, packet.payloadAt + packet.capturedLength);
}

function faultOf(insertion: Insertion): string | null {
  switch (insertion) {
    case 'taken':
      return null;
    case 'contradiction':
      return 'sent-again-with-other-bytes';
    case 'overflow':
      return 'too-much-out-of-order';
    case 'before-start':
      return 'bytes-before-start';
  }
}
