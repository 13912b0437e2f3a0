import type { NftWay } from '../../src/firewall/nft-way.ts';
import { FlowState } from '../../src/judge/flow-state.ts';

export type Asked = 'unknown' | 'fresh' | 'pending' | 'followed' | 'inbound';

/** What can be told of a packet without looking at a rule. */
export interface Case {
  readonly flow: FlowState;
  readonly tracking: 'new' | 'established' | 'related' | 'invalid';
  readonly isReply: boolean;
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  /** IP options or extension headers. */
  readonly hasUnusualHeaders: boolean;
  readonly tcpWords: number;
  readonly flags: { readonly syn: boolean; readonly ack: boolean; readonly fin: boolean; readonly rst: boolean };
  readonly payload: 'none' | 'some' | 'server-hello';
  readonly isToChatPort: boolean;
  readonly isFromLan: boolean;
  readonly isToLan: boolean;
  readonly isAstray: boolean;
  /** What user space said of it, having been asked; null for a packet that has not been there. */
  readonly verdict: FlowState | 'no answer' | null;
}

/** Where a packet ends, and what its flow is then. */
export interface Fate {
  readonly end: 'passes' | 'dropped' | 'refused' | { readonly asked: Asked };
  readonly flow: FlowState;
  /** Whether the kernel keeps what it acknowledges. */
  readonly keepsStart: boolean;
}

/** What shall become of a packet: the rules' specification, a sentence a line. */
export function fateOf(packet: Case, starts: NftWay['starts'], whenDown: 'closed' | 'open'): Fate {
  const { flow, tracking, isReply, protocol, flags, isFromLan, isToLan, isAstray, verdict } = packet;
  const ends = (end: Fate['end'], state = flow, keepsStart = false): Fate => ({ end, flow: state, keepsStart });
  const asks = (asked: Asked): Fate => ends({ asked });
  const isOurs = isFromLan || isToLan;
  const isTcp = protocol === 'tcp';
  const isBare = isTcp && !packet.hasUnusualHeaders && packet.payload === 'none';
  const isEstablished = tracking === 'established';
  const isMet = flow !== FlowState.unknown && tracking !== 'invalid';

  if (flow === FlowState.allowed && isEstablished) return ends('passes');
  if (!isMet && !isOurs) return ends('passes');
  // Bare acknowledgements of the usual length, and answers that nobody reads, go on whatever else is true of them.
  const isUsual = isBare && (packet.tcpWords === 8 || packet.tcpWords === 5) && !flags.syn;
  const isQuiet = isUsual && !flags.fin && !flags.rst;
  if (flow === FlowState.followed && isEstablished && isUsual) return ends('passes');
  if ((flow === FlowState.followed || flow === FlowState.allowed) && isReply) return ends('passes');
  if (verdict !== null) return verdictOn(packet, whenDown, ends);
  const isUnsettled = isMet && flow !== FlowState.allowed && flow !== FlowState.denied;
  if (isUnsettled && isQuiet && isEstablished) return ends('passes');
  if (flow === FlowState.greeting && isEstablished && isReply && packet.payload === 'server-hello' && isTcp) {
    if ((packet.tcpWords === 5 || packet.tcpWords === 8) && !(isFromLan && isAstray)) {
      return ends('passes', FlowState.allowed);
    }
  }
  const isWrongWay = isReply ? isFromLan && isAstray : !isFromLan && isToLan;
  if (flow === FlowState.greeting && isReply && isFromLan && isAstray) return asks('inbound');
  if (tracking === 'related' && protocol === 'icmp' && isMet && flow !== FlowState.denied) {
    // What errors of undecided flows say nobody has looked at, so that they are for the phone, and few.
    if (flow === FlowState.followed || flow === FlowState.allowed || isToLan) return ends('passes');
  }
  if (tracking === 'related' || tracking === 'invalid') return ends('dropped');
  if (isMet && !isOurs) return ends('passes');
  if (flow === FlowState.allowed) return ends('passes');
  if (flow === FlowState.denied) return ends(isBare ? 'passes' : refusalOf(packet));
  if (isWrongWay) return asks('inbound');
  if (isBare) {
    const isOpening = flags.syn && !flags.ack && !flags.fin && !flags.rst;
    const isAcceptance = flags.syn && flags.ack && !flags.fin && !flags.rst;
    if (isOpening && !isMet && tracking === 'new' && !isReply && packet.isToChatPort) {
      return ends('passes', FlowState.fresh);
    }
    if (isAcceptance && isReply && isMet) {
      return starts === 'told' ? ends('passes', flow, true) : asks(askedAs(packet));
    }
    const mayOvertake = flow === FlowState.pending || flow === FlowState.greeting;
    if (mayOvertake && (flags.fin || flags.rst)) return asks('pending');
    if (isMet) return ends('passes');
    return asks('unknown');
  }
  return asks(askedAs(packet));
}

/** Whether a packet may have been asked about before its flow was what it is now. None becomes fresh by a verdict. */
export function mayHaveAsked(packet: Case, starts: NftWay['starts'], whenDown: 'closed' | 'open'): boolean {
  const before = packet.flow === FlowState.fresh ? [FlowState.fresh] : Object.values(FlowState);
  return before.some((flow) => typeof fateOf({ ...packet, flow, verdict: null }, starts, whenDown).end === 'object');
}

function askedAs({ flow }: Case): Asked {
  if (flow === FlowState.fresh) return 'fresh';
  if (flow === FlowState.pending || flow === FlowState.greeting) return 'pending';
  if (flow === FlowState.followed) return 'followed';
  return 'unknown';
}

function verdictOn(
  packet: Case,
  whenDown: 'closed' | 'open',
  ends: (end: Fate['end'], state?: FlowState) => Fate,
): Fate {
  const { verdict, flow } = packet;
  const isBare = packet.protocol === 'tcp' && !packet.hasUnusualHeaders && packet.payload === 'none';
  if (verdict === 'no answer') return ends(whenDown === 'open' ? 'passes' : 'dropped');
  if (flow === FlowState.allowed) return ends('passes');
  if (verdict === FlowState.denied)
    return ends(refusalOf(packet), packet.tracking === 'invalid' ? flow : FlowState.denied);
  if (verdict !== FlowState.unknown && verdict !== null) {
    return ends('passes', packet.tracking === 'invalid' ? flow : verdict);
  }
  return ends(flow === FlowState.denied && !isBare ? refusalOf(packet) : 'passes');
}

/** No answer is sent to a ping. */
function refusalOf({ protocol }: Case): Fate['end'] {
  return protocol === 'icmp' ? 'dropped' : 'refused';
}
