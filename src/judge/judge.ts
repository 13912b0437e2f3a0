import type { Decision } from '../classify/decision.ts';
import type { Policy } from '../classify/policy.ts';
import type { Dissector } from '../dissect/dissector.ts';
import type { Facts } from '../dissect/facts.ts';
import { FlowKey } from '../flow/flow-key.ts';
import type { Packet, PacketFault } from '../packet/packet.ts';
import { TCP } from '../packet/protocol-number.ts';
import { isAnotherFlow } from './another-flow.ts';
import type { Arrival, Judgement } from './arrival.ts';
import { Candidates } from './candidates.ts';
import { type ChatDevices, callService, chatService } from './chat-devices.ts';
import { Flow } from './flow.ts';
import { FlowRegister, type Lapse } from './flow-register.ts';
import { FlowState } from './flow-state.ts';
import { HOLD_MS, MAX_BYTES_HELD, MAX_HELD, MAX_HELD_PER_FLOW } from './limits.ts';
import { forbiddenAtStart, isFarewell, isFromClient, isLeaving, isOpening } from './opening.ts';
import { TcpConversation } from './tcp-conversation.ts';
import { UdpConversation } from './udp-conversation.ts';
import type { VerdictRecord } from './verdict-record.ts';

export interface JudgeOptions {
  readonly policy: Policy;
  readonly dissectors: readonly Dissector[];
  /** Which devices chat; several judges that share the traffic share it. */
  readonly devices: ChatDevices;
  /** Any 32-bit number an outsider cannot know. */
  readonly seed: number;
  /** Flow ids count up from here, so that several judges give different ones. */
  readonly firstFlowId: number;
  /** How long a settled flow is remembered after its last packet: short where the kernel remembers it. */
  readonly settledIdleMs: number;
  /** Whether a verdict is reported when it is given, or once when the flow has ended. */
  readonly report: 'as-given' | 'at-end';
  readonly onVerdict: (record: VerdictRecord) => void;
  /** The verdict of a packet that was held back. */
  readonly onRelease: (token: number, act: 'accept' | 'drop', state: FlowState) => void;
}

/** A call's packets are few fixed bytes; they are believed of a device that chats. */
const CALL_WITHOUT_CHAT: Decision = { action: 'deny', reason: 'call-without-chat' };
const UNDECIDED: Readonly<Record<Lapse, string>> = {
  idle: 'never-completed',
  'crowded-out': 'too-many-undecided',
  'too-much-remembered': 'too-much-remembered',
};

const NO_PORTS: Decision = { action: 'deny', reason: 'not-tcp-or-udp' };

/** Packets in, one decision a flow out. Pure but for what it remembers: time and randomness are handed in. */
export class Judge {
  readonly #options: JudgeOptions;
  readonly #candidates: Candidates;
  readonly #register: FlowRegister;
  readonly #key: FlowKey;
  readonly #judgement: Judgement = { act: 'accept', state: FlowState.unknown };
  /** Flows with held packets, oldest first, and when their wait is over. */
  readonly #waiting: { readonly flow: Flow; readonly dueMs: number }[] = [];
  #held = 0;
  #bytesHeld = 0;
  #nextFlowId: number;
  #nowMs = 0;

  constructor(options: JudgeOptions) {
    this.#options = options;
    this.#candidates = new Candidates(options.dissectors);
    this.#register = new FlowRegister(options.settledIdleMs, (flow, lapse) => this.#end(flow, lapse));
    this.#key = new FlowKey(options.seed);
    this.#nextFlowId = options.firstFlowId;
  }

  get flows(): number {
    return this.#register.size;
  }

  get undecidedFlows(): number {
    return this.#register.undecided;
  }

  /** What is kept of messages that are not finished or not acknowledged. */
  get bytesHeld(): number {
    return this.#bytesHeld;
  }

  get heldPackets(): number {
    return this.#held;
  }

  /** Judges one packet. The judgement is the same object every time. */
  judge(packet: Packet, fault: PacketFault | null, arrival: Arrival): Judgement {
    this.#nowMs = arrival.atMs;
    if (packet.protocol === 0) return this.#answer('drop', FlowState.unknown);
    this.#key.read(packet);
    let flow = this.#register.find(this.#key);
    if (flow !== undefined && isAnotherFlow(flow, packet, arrival)) {
      this.#register.remove(flow);
      this.#end(flow, 'idle');
      flow = undefined;
    }
    if (flow === undefined && fault === null && isFarewell(packet, arrival))
      return this.#answer('accept', FlowState.unknown);
    flow ??= this.#open(packet, fault, arrival);
    if (fault !== null) return this.#answer('drop', FlowState.unknown);
    if (flow.conversation === null) return this.#answerSettled(flow);
    const judgement = this.#converse(flow, flow.conversation, packet, arrival);
    if (isLeaving(packet, arrival) && flow.conversation?.isAnswered === true) {
      this.#register.remove(flow);
      this.#end(flow, 'idle');
    }
    this.#count(flow);
    while (this.#bytesHeld > MAX_BYTES_HELD && this.#register.relieve());
    return judgement;
  }

  /** To be called now and then: ends what has waited or was idle for too long. */
  tick(nowMs: number): void {
    this.#nowMs = Math.max(nowMs, this.#nowMs);
    for (let first = this.#waiting[0]; first !== undefined && first.dueMs <= nowMs; first = this.#waiting[0]) {
      this.#waiting.shift();
      if (first.flow.held !== null) this.#deny(first.flow, first.flow.reason);
    }
    this.#register.expire(nowMs);
  }

  /** Reports every flow that has not been reported yet and forgets all. */
  finish(): void {
    for (const flow of [...this.#register.flows()]) {
      this.#register.remove(flow);
      this.#end(flow, 'idle');
    }
  }

  #open(packet: Packet, fault: PacketFault | null, arrival: Arrival): Flow {
    const fromClient = isFromClient(packet, arrival);
    const isClientFirst = this.#key.fromFirst === fromClient;
    const flow = new Flow(this.#nextFlowId, packet, fromClient, isClientFirst, arrival);
    this.#nextFlowId += 1;
    flow.epoch = arrival.epoch;
    if (isOpening(packet)) flow.startSequence = packet.sequence;
    const forbidden = fault ?? forbiddenAtStart(packet, arrival);
    const endpoint = flow.endpoint;
    const early = forbidden === null && endpoint !== null ? this.#options.policy.decideAtStart(endpoint) : null;
    if (forbidden === null && early === null) {
      flow.conversation =
        packet.protocol === TCP
          ? new TcpConversation(this.#candidates.tcp(flow.serverPort))
          : new UdpConversation(this.#candidates.udp(flow.serverPort));
    }
    this.#register.add(this.#key, flow, arrival.atMs);
    if (forbidden !== null) this.#deny(flow, forbidden);
    else if (early?.action === 'deny') this.#deny(flow, early.reason);
    else if (early?.action === 'allow') {
      flow.rule = early.rule;
      this.#settle(flow, FlowState.allowed);
    }
    return flow;
  }

  #converse(flow: Flow, conversation: TcpConversation | UdpConversation, packet: Packet, arrival: Arrival): Judgement {
    const fromClient = this.#key.fromFirst === flow.isClientFirst;
    if (fromClient && isOpening(packet) && conversation instanceof TcpConversation) {
      if (packet.sequence !== flow.startSequence) {
        this.#deny(flow, 'syn-in-connection');
        return this.#answerSettled(flow);
      }
      conversation.synSeen(packet.sequence);
    }
    if (!fromClient) flow.hasServerSpoken ||= packet.payloadLength > 0;
    else if (flow.serverStart === -1 && !isOpening(packet)) flow.serverStart = packet.acknowledgement;
    const decide = (facts: Facts) => this.#decide(flow, facts);
    const reading = fromClient ? conversation.readClient(packet, decide) : conversation.readServer(packet, decide);
    flow.facts = conversation.facts;
    flow.rule = conversation.allow?.rule ?? null;
    flow.epoch = arrival.epoch;
    switch (reading.kind) {
      case 'denied':
        this.#deny(flow, reading.reason);
        return this.#answerSettled(flow);
      case 'not-a-start':
        return this.#hold(flow, reading.reason, arrival);
      case 'going-on':
        this.#goOn(flow, conversation);
        return this.#answer('accept', flow.state);
    }
  }

  #decide(flow: Flow, facts: Facts): Decision {
    const endpoint = flow.endpoint;
    if (endpoint === null) return NO_PORTS;
    const decision = this.#options.policy.decide(facts, endpoint);
    const service = callService(facts);
    const isCallAlone = service !== null && !this.#options.devices.isLive(flow.clientAddress, service, this.#nowMs);
    return isCallAlone && decision.action === 'allow' ? CALL_WITHOUT_CHAT : decision;
  }

  #goOn(flow: Flow, { state, isAnswered }: TcpConversation | UdpConversation): void {
    if (state === FlowState.allowed) {
      this.#settle(flow, state);
    } else {
      flow.state = state;
      this.#register.place(flow, this.#nowMs);
      if (isAnswered) this.#report(flow, 'allowed-by-rule');
    }
    this.#release(flow, 'accept');
  }

  #settle(flow: Flow, state: FlowState): void {
    flow.state = state;
    flow.conversation = null;
    this.#count(flow);
    this.#register.place(flow, this.#nowMs);
    this.#report(flow, 'allowed-by-rule');
  }

  #deny(flow: Flow, reason: string): void {
    flow.state = FlowState.denied;
    flow.conversation = null;
    this.#count(flow);
    flow.rule = null;
    flow.isReported = false;
    flow.deniedAtMs = this.#nowMs;
    this.#register.place(flow, this.#nowMs);
    this.#report(flow, reason);
    this.#release(flow, 'accept');
  }

  /** A segment that no protocol starts with waits for one that it may have overtaken. */
  #hold(flow: Flow, reason: string, arrival: Arrival): Judgement {
    const isFull = this.#held >= MAX_HELD || (flow.held?.length ?? 0) >= MAX_HELD_PER_FLOW;
    if (arrival.isReply === null || isFull) {
      this.#deny(flow, reason);
      return this.#answerSettled(flow);
    }
    flow.reason = reason;
    if (flow.held === null) {
      flow.held = [];
      this.#waiting.push({ flow, dueMs: arrival.atMs + HOLD_MS });
    }
    flow.held.push(arrival.token);
    this.#held += 1;
    this.#register.place(flow, arrival.atMs);
    return this.#answer('hold', FlowState.unknown);
  }

  #release(flow: Flow, act: 'accept' | 'drop'): void {
    if (flow.held === null) return;
    for (const token of flow.held) this.#options.onRelease(token, act, flow.state);
    this.#held -= flow.held.length;
    flow.held = null;
  }

  /**
   * A packet that was on its way here when its flow was settled. An allowed flow's goes on without a mark, because
   * by its age it might belong to a new flow of the same addresses and ports, which must be judged for itself.
   */
  #answerSettled(flow: Flow): Judgement {
    this.#register.place(flow, this.#nowMs);
    return this.#answer('accept', flow.state === FlowState.denied ? FlowState.denied : FlowState.unknown);
  }

  #count(flow: Flow): void {
    const bytesHeld = flow.conversation?.bytesHeld ?? 0;
    this.#bytesHeld += bytesHeld - flow.bytesHeld;
    flow.bytesHeld = bytesHeld;
  }

  #answer(act: Judgement['act'], state: FlowState): Judgement {
    this.#judgement.act = act;
    this.#judgement.state = state;
    return this.#judgement;
  }

  #report(flow: Flow, reason: string): void {
    flow.reason = reason;
    const service = chatService(flow.facts, flow.rule);
    if (service !== null) this.#options.devices.saw(flow.clientAddress, service, this.#nowMs);
    if (flow.isReported || this.#options.report === 'at-end') return;
    flow.isReported = true;
    this.#options.onVerdict(flow.record(this.#nowMs));
  }

  /** The flow is no longer in the register. */
  #end(flow: Flow, lapse: Lapse): void {
    if (flow.conversation?.isAnswered === false) {
      const isAllowed = flow.rule !== null;
      flow.state = isAllowed ? FlowState.allowed : FlowState.denied;
      flow.reason = isAllowed ? 'allowed-but-unanswered' : UNDECIDED[lapse];
    }
    this.#release(flow, 'drop');
    flow.conversation = null;
    this.#count(flow);
    if (!flow.isReported) this.#options.onVerdict(flow.record(this.#nowMs));
    flow.isReported = true;
  }
}
