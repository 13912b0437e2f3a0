import type { Allow } from '../classify/decision.ts';
import type { StreamDissector } from '../dissect/dissector.ts';
import type { Facts } from '../dissect/facts.ts';
import { FREE, type StreamMatch, type StreamStep } from '../dissect/outcome.ts';
import { type Insertion, Stream } from '../flow/stream.ts';
import type { Packet } from '../packet/packet.ts';
import { ACK, SYN, URG } from '../packet/tcp.ts';
import type { Flow } from './flow.ts';
import { FlowState } from './flow-state.ts';
import { ENOUGH_EVIDENCE_BYTES } from './limits.ts';
import { type Decide, denied, GOING_ON, type Reading, UNRECOGNISED } from './reading.ts';
import type { ConversationRest, RestingFlow } from './resting-flows.ts';

/** What comes first counts as the start. */
export const UNKNOWN_START = -1;

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
  #candidates: readonly StreamDissector[];
  #clientStep: StreamStep | typeof FREE | null = null;
  #serverStep: StreamStep | typeof FREE | null = null;
  #hasAnswered = false;
  /** Whether the server owes a ServerHello and nothing else. */
  #isGreeting = false;
  #atLeast = 1;
  allow: Allow | null = null;
  facts: Facts | null = null;

  /** @param start the sequence number of the client's first byte, unsigned; `UNKNOWN_START`: that of what comes first. */
  constructor(candidates: readonly StreamDissector[], start: number) {
    this.#candidates = candidates;
    if (start !== UNKNOWN_START) this.#client = new Stream(start);
  }

  /** A conversation that goes on where it came to rest. */
  static resumed({ client, step, answer, rule, serverStart }: RestingFlow): TcpConversation {
    const conversation = new TcpConversation([], UNKNOWN_START);
    conversation.#client = Stream.resumed(client);
    conversation.#clientStep = step;
    conversation.#serverStep = answer;
    conversation.#isGreeting = answer !== FREE;
    if (serverStart >= 0) conversation.#serverOrigin = serverStart;
    conversation.allow = { action: 'allow', rule };
    return conversation;
  }

  get bytesHeld(): number {
    return (this.#client?.bytesHeld ?? 0) + (this.#server?.bytesHeld ?? 0);
  }

  get state(): FlowState {
    if (this.allow === null) return FlowState.pending;
    if (this.#serverStep !== FREE) return this.#isAtGreeting ? FlowState.greeting : FlowState.pending;
    const evidenceBytes = this.#client?.evidenceBytes ?? 0;
    if (this.#clientStep === FREE) return evidenceBytes > 0 ? FlowState.pending : FlowState.allowed;
    // As long as the client is read, what it sends again is compared with what it sent; only for room is it asked for.
    return evidenceBytes > ENOUGH_EVIDENCE_BYTES ? FlowState.pending : FlowState.followed;
  }

  /** Whether the server has taken what the allow rests on and has begun to answer as it should. */
  get isAnswered(): boolean {
    return this.allow !== null && this.#client?.evidenceBytes === 0 && (this.#serverStep === FREE || this.#hasAnswered);
  }

  /** The sequence number behind all that was seen of the client; null if nothing was. */
  get clientEnd(): number | null {
    return this.#client?.seenEnd ?? null;
  }

  /** Whether nothing was seen but a message to which the server owes its hello. */
  get #isAtGreeting(): boolean {
    return this.#isGreeting && this.#server === null && this.#clientStep !== FREE && this.#client?.isAtRest === true;
  }

  /** What is to be remembered between two messages; null while more of it is under way than a greeting. */
  get rest(): ConversationRest | null {
    const { allow } = this;
    const step = this.#clientStep;
    const answer = this.#serverStep;
    if (allow === null || step === null || step === FREE || answer === null) return null;
    if (answer !== FREE && !this.#isAtGreeting) return null;
    const client = this.#client?.rest ?? null;
    return client === null ? null : { rule: allow.rule, step, answer, client };
  }

  /** Makes what is borrowed of the packet its own; to be called before the packet goes away. */
  keep(): void {
    this.#client?.keep();
    this.#server?.keep();
  }

  readClient(packet: Packet, flow: Flow, decide: Decide): Reading {
    if (packet.payloadLength === 0) return GOING_ON;
    if ((packet.flags & URG) !== 0) return denied('urgent-data');
    const sequence = (packet.flags & SYN) === 0 ? packet.sequence : (packet.sequence + 1) >>> 0;
    this.#client ??= new Stream(sequence);
    if ((packet.flags & ACK) !== 0) this.#serverOrigin ??= packet.acknowledgement;
    const client = this.#client;
    const fault = faultOf(client.insert(client.offsetOf(sequence), capturedPayload(packet)));
    if (fault !== null) return denied(fault);
    return this.#advanceClient(client, flow, decide);
  }

  readServer(packet: Packet, flow: Flow, decide: Decide): Reading {
    if ((packet.flags & ACK) !== 0 && this.#client !== null) {
      this.#client.acknowledge(this.#client.offsetOf(packet.acknowledgement));
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
    // What the server said may have changed who reads the client's bytes, and some may be waiting.
    return reading.kind === 'going-on' && this.#client !== null
      ? this.#advanceClient(this.#client, flow, decide)
      : reading;
  }

  #advanceClient(client: Stream, flow: Flow, decide: Decide): Reading {
    while (client.unread.length >= this.#atLeast && this.#clientStep !== FREE) {
      const step = this.#clientStep;
      const outcome = step === null ? this.#recognise(client.unread) : step(client.unread);
      if (outcome.kind === 'more') {
        this.#atLeast = outcome.atLeast;
        return GOING_ON;
      }
      if (outcome.kind === 'never') return denied(outcome.code ?? UNRECOGNISED);
      if (outcome.facts !== null) {
        const decision = decide(outcome.facts, flow);
        this.facts = outcome.facts;
        if (decision.action === 'deny') return denied(decision.reason);
        this.allow = decision;
      }
      this.#goOn(client, outcome);
      if (client.hasTooMuchEvidence) return denied('too-much-unacknowledged');
    }
    return GOING_ON;
  }

  #goOn(client: Stream, match: StreamMatch): void {
    client.consume(match.consumed, match.skip);
    this.#readClientBy(match.next);
    if (match.answer !== undefined) {
      this.#serverStep = match.answer;
      this.#isGreeting = match.answerKnownBy === 'server-hello';
    }
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
