import type { Decision } from '../classify/decision.ts';
import type { Policy } from '../classify/policy.ts';
import type { Dissector } from '../dissect/dissector.ts';
import { FlowKey } from '../flow/flow-key.ts';
import type { Packet, PacketFault } from '../packet/packet.ts';
import { TCP } from '../packet/protocol-number.ts';
import { isAnotherFlow } from './another-flow.ts';
import type { Arrival, Judgement } from './arrival.ts';
import { Candidates } from './candidates.ts';
import { type ChatDevices, ChatService, callService, chatService } from './chat-devices.ts';
import { Flow } from './flow.ts';
import { FlowRegister, type Lapse } from './flow-register.ts';
import { FlowState } from './flow-state.ts';
import { MAX_BYTES_HELD } from './limits.ts';
import { forbiddenAtStart, isFarewell, isFromClient, isLeaving, isOpening } from './opening.ts';
import type { Decide } from './reading.ts';
import { RestingFlows } from './resting-flows.ts';
import { Starts } from './starts.ts';
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
  /** Whether every packet comes here; otherwise the kernel lets some pass, handshakes among them. */
  readonly seesHandshakes: boolean;
  /** Whether a verdict is reported when it is given, or once when the flow has ended. */
  readonly report: 'as-given' | 'at-end';
  readonly onVerdict: (record: VerdictRecord) => void;
}

/** A call's packets are few fixed bytes; they are believed of a device that chats. */
const CALL_WITHOUT_CHAT: Decision = { action: 'deny', reason: 'call-without-chat' };
const UNDECIDED: Readonly<Record<Lapse, string>> = {
  idle: 'never-completed',
  'crowded-out': 'too-many-undecided',
  'too-much-remembered': 'too-much-remembered',
};

/** Packets in, one decision a flow out. Pure but for what it remembers: time and randomness are handed in. */
export class Judge {
  readonly #options: JudgeOptions;
  readonly #candidates: Candidates;
  readonly #register: FlowRegister;
  readonly #starts: Starts;
  readonly #resting = new RestingFlows();
  readonly #key: FlowKey;
  readonly #judgement: Judgement = { act: 'accept', state: FlowState.unknown };
  /** One function for all flows: there are many packets. */
  readonly #decide: Decide = (facts, flow) => {
    const decision = this.#options.policy.decide(facts, flow);
    const service = callService(facts);
    const isCallAlone =
      service !== ChatService.none &&
      !this.#options.devices.isLive(flow.addresses, flow.addressBytes, service, this.#nowMs);
    return isCallAlone && decision.action === 'allow' ? CALL_WITHOUT_CHAT : decision;
  };
  #bytesHeld = 0;
  #nextFlowId: number;
  #nowMs = 0;

  constructor(options: JudgeOptions) {
    this.#options = options;
    this.#candidates = new Candidates(options.dissectors);
    this.#register = new FlowRegister(options.settledIdleMs, (flow, lapse) => this.#end(flow, lapse));
    this.#starts = new Starts(options.seesHandshakes);
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

  /** Judges one packet. The judgement is the same object every time. */
  judge(packet: Packet, fault: PacketFault | null, arrival: Arrival): Judgement {
    this.#nowMs = arrival.atMs;
    if (packet.protocol === 0) return this.#answer('drop', FlowState.unknown);
    this.#key.read(packet);
    if (arrival.known === FlowState.inbound && this.#isUnderWay()) return this.#answer('drop', FlowState.unknown);
    let flow = this.#register.find(this.#key);
    if (flow !== undefined && isAnotherFlow(flow, packet, arrival)) {
      this.#register.remove(flow);
      this.#end(flow, 'idle');
      flow = undefined;
    }
    flow ??= this.#wake(packet, arrival);
    if (flow === undefined && fault === null && isFarewell(packet, arrival))
      return this.#answer('accept', FlowState.unknown);
    flow ??= this.#open(packet, fault, arrival);
    if (fault !== null) return this.#answer('drop', FlowState.unknown);
    if (flow.conversation === null) return this.#answerSettled(flow);
    const judgement = this.#converse(flow, flow.conversation, packet, arrival);
    if (isLeaving(packet, arrival) && flow.conversation?.isAnswered === true) {
      this.#register.remove(flow);
      this.#end(flow, 'idle');
    } else if (!this.#rest(flow)) {
      this.#place(flow);
      if (flow.conversation instanceof TcpConversation) flow.conversation.keep();
    }
    this.#count(flow);
    while (this.#bytesHeld > MAX_BYTES_HELD && this.#register.relieve());
    return judgement;
  }

  /** To be called now and then: ends what was idle for too long. */
  tick(nowMs: number): void {
    this.#nowMs = Math.max(nowMs, this.#nowMs);
    this.#register.expire(nowMs);
  }

  /** Reports every flow that has not been reported yet and forgets all. */
  finish(): void {
    for (const flow of [...this.#register.flows()]) {
      this.#register.remove(flow);
      this.#end(flow, 'idle');
    }
  }

  /**
   * Whether the key's flow is being judged. What goes the wrong way in such a flow was made up: whoever is behind the
   * same interface as the client can write what looks like its server's answer.
   */
  #isUnderWay(): boolean {
    const flow = this.#register.find(this.#key);
    return flow === undefined ? this.#resting.find(this.#key) !== undefined : flow.conversation !== null;
  }

  /** Whether the flow goes on in the kernel without being remembered, and nothing of its handshake is to be compared. */
  #mayRest({ opening }: Flow): boolean {
    return this.#starts.areKept && opening === null;
  }

  /** Puts a flow aside of which no more has to be remembered than fits a line of numbers. */
  #rest(flow: Flow): boolean {
    const { conversation } = flow;
    if (!this.#mayRest(flow) || (flow.state !== FlowState.followed && flow.state !== FlowState.greeting)) return false;
    const rest = conversation instanceof TcpConversation ? conversation.rest : null;
    if (rest === null || !flow.isReported) return false;
    this.#register.remove(flow);
    flow.conversation = null;
    this.#resting.put(this.#key, flow, rest);
    return true;
  }

  /** Brings back the key's flow if it was put aside; whose place a later one has taken comes back no more. */
  #wake(packet: Packet, arrival: Arrival): Flow | undefined {
    const place = this.#resting.find(this.#key);
    if (place === undefined) return undefined;
    if (isAnotherFlow(this.#resting.past(place), packet, arrival)) {
      this.#resting.remove(place);
      return undefined;
    }
    const resting = this.#resting.take(place);
    if (resting === null) return undefined;
    const { origin, readBytes, evidence } = resting.client;
    const { state } = resting;
    if (evidence === null) {
      if (state === FlowState.followed) this.#starts.forgetAt(this.#key.hash, (origin + readBytes) >>> 0);
      return undefined;
    }
    const flow = this.#newFlow(resting.id, packet, arrival);
    flow.epoch = resting.epoch;
    flow.serverStart = resting.serverStart;
    flow.state = state;
    flow.rule = resting.rule;
    flow.isReported = true;
    flow.conversation = TcpConversation.resumed(resting);
    this.#register.add(this.#key, flow, arrival.atMs);
    return flow;
  }

  #newFlow(id: number, packet: Packet, arrival: Arrival): Flow {
    const fromClient = isFromClient(packet, arrival);
    const flow = new Flow(id, packet, fromClient, this.#key.fromFirst === fromClient, arrival);
    flow.keyHash = this.#key.hash;
    return flow;
  }

  #open(packet: Packet, packetFault: PacketFault | null, arrival: Arrival): Flow {
    const flow = this.#newFlow(this.#nextFlowId, packet, arrival);
    this.#nextFlowId += 1;
    flow.epoch = arrival.epoch;
    if (isOpening(packet)) {
      flow.opening = { sequence: packet.sequence, payloadBytes: packet.payloadLength, isConfirmed: false };
    }
    const fault = packetFault ?? forbiddenAtStart(packet, arrival);
    const fromClient = this.#key.fromFirst === flow.isClientFirst;
    const start = fault ?? this.#starts.find(flow.keyHash, packet, arrival, fromClient);
    const early = typeof start === 'string' ? null : this.#options.policy.decideAtStart(flow);
    if (typeof start !== 'string' && early === null) {
      flow.conversation =
        packet.protocol === TCP
          ? new TcpConversation(this.#candidates.tcp(flow.port), start)
          : new UdpConversation(this.#candidates.udp(flow.port));
    }
    if (typeof start === 'string') this.#deny(flow, start);
    else if (early?.action === 'deny') this.#deny(flow, early.reason);
    else if (early?.action === 'allow') {
      flow.rule = early.rule;
      this.#settle(flow, FlowState.allowed);
    }
    return flow;
  }

  #converse(flow: Flow, conversation: TcpConversation | UdpConversation, packet: Packet, arrival: Arrival): Judgement {
    const fromClient = this.#key.fromFirst === flow.isClientFirst;
    const isOtherStart = fromClient && isOpening(packet) && packet.sequence !== flow.opening?.sequence;
    if (isOtherStart || this.#starts.contradict(flow, packet, arrival, fromClient)) {
      this.#deny(flow, 'syn-in-connection');
      return this.#answerSettled(flow);
    }
    if (!fromClient) flow.hasServerSpoken ||= packet.payloadLength > 0;
    else if (flow.serverStart === -1 && !isOpening(packet)) flow.serverStart = packet.acknowledgement;
    const reading = fromClient
      ? conversation.readClient(packet, flow, this.#decide)
      : conversation.readServer(packet, flow, this.#decide);
    flow.facts = conversation.facts;
    flow.rule = conversation.allow?.rule ?? null;
    flow.epoch = arrival.epoch;
    switch (reading.kind) {
      case 'denied':
        this.#deny(flow, reading.reason);
        return this.#answerSettled(flow);
      case 'going-on':
        this.#goOn(flow, conversation);
        return this.#answer('accept', flow.state);
    }
  }

  #goOn(flow: Flow, { state, isAnswered }: TcpConversation | UdpConversation): void {
    if (state === FlowState.allowed) {
      this.#settle(flow, state);
    } else {
      // Of a greeting nobody may hear any more, so what it is must be said now, and little be remembered of it. Of a
      // followed flow no answer is seen, so its SYN-ACK must have been.
      const isEarly = state === FlowState.greeting ? !this.#mayRest(flow) : this.#starts.isAwaited(flow);
      flow.state = isEarly ? FlowState.pending : state;
      if (isAnswered || flow.state !== FlowState.pending) this.#report(flow, 'allowed-by-rule');
    }
  }

  #settle(flow: Flow, state: FlowState): void {
    flow.state = state;
    flow.conversation = null;
    this.#count(flow);
    this.#place(flow);
    this.#report(flow, 'allowed-by-rule');
  }

  #deny(flow: Flow, reason: string): void {
    flow.state = FlowState.denied;
    flow.conversation = null;
    this.#count(flow);
    flow.rule = null;
    flow.isReported = false;
    flow.deniedAtMs = this.#nowMs;
    this.#place(flow);
    this.#report(flow, reason);
  }

  /**
   * A packet that was on its way here when its flow was settled. An allowed flow's goes on without a mark, because
   * by its age it might belong to a new flow of the same addresses and ports, which must be judged for itself.
   */
  #answerSettled(flow: Flow): Judgement {
    this.#place(flow);
    return this.#answer('accept', flow.state === FlowState.denied ? FlowState.denied : FlowState.unknown);
  }

  /** Remembers the key's flow, in the group it belongs to by now; one that comes to rest at once is never put there. */
  #place(flow: Flow): void {
    if (flow.slot === -1) this.#register.add(this.#key, flow, this.#nowMs);
    else this.#register.place(flow, this.#nowMs);
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
    if (service !== ChatService.none) {
      this.#options.devices.saw(flow.addresses, flow.addressBytes, service, this.#nowMs);
    }
    if (flow.isReported || this.#options.report === 'at-end') return;
    flow.isReported = true;
    this.#options.onVerdict(flow.record(this.#nowMs));
  }

  /** The flow is no longer in the register. */
  #end(flow: Flow, lapse: Lapse): void {
    this.#starts.forget(flow);
    if (flow.conversation?.isAnswered === false) {
      const isAllowed = flow.rule !== null;
      flow.state = isAllowed ? FlowState.allowed : FlowState.denied;
      flow.reason = isAllowed ? 'allowed-but-unanswered' : UNDECIDED[lapse];
    }
    flow.conversation = null;
    this.#count(flow);
    if (!flow.isReported) this.#options.onVerdict(flow.record(this.#nowMs));
    flow.isReported = true;
  }
}
