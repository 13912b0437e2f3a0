import type { Packet } from '../packet/packet.ts';
import { TCP, UDP } from '../packet/protocol-number.ts';
import { ACK, FIN, RST, SYN } from '../packet/tcp.ts';
import type { Arrival } from './arrival.ts';
import { FlowState } from './flow-state.ts';

/** Whether a TCP segment opens a connection: SYN without ACK (RFC 9293 §3.5). */
export function isOpening(packet: Packet): boolean {
  return packet.protocol === TCP && (packet.flags & (SYN | ACK)) === SYN;
}

/**
 * Whether a TCP segment carries nothing and only lets go of an undecided connection. It comes here so that it does not
 * overtake what is still to be judged; where that is no longer remembered there is nothing to wait for.
 */
export function isFarewell(packet: Packet, arrival: Arrival): boolean {
  const isBare = packet.protocol === TCP && packet.payloadLength === 0 && (packet.flags & SYN) === 0;
  return isBare && (packet.flags & (FIN | RST)) !== 0 && arrival.known === FlowState.pending;
}

/**
 * Whether a TCP segment of a flow the kernel remembers lets go of its connection: what has been answered need not be
 * remembered here then. Should the client go on all the same, it is read behind what was seen of it.
 */
export function isLeaving(packet: Packet, arrival: Arrival): boolean {
  return packet.protocol === TCP && (packet.flags & (FIN | RST)) !== 0 && arrival.isReply !== null;
}

/** Whether the first packet seen of a flow was sent by its client; guessed where the source cannot tell. */
export function isFromClient(packet: Packet, arrival: Arrival): boolean {
  if (arrival.isReply !== null) return !arrival.isReply;
  if (isOpening(packet)) return true;
  if (packet.protocol === TCP && (packet.flags & SYN) !== 0) return false;
  return packet.destinationPort <= packet.sourcePort;
}

/** Why a flow is denied before anything of it is read, whatever the policy says; null where nothing forbids it. */
export function forbiddenAtStart(packet: Packet, arrival: Arrival): string | null {
  if (packet.protocol !== TCP && packet.protocol !== UDP) return 'not-tcp-or-udp';
  if (arrival.known === FlowState.inbound) return 'opened-from-outside';
  if (arrival.isReply === null) return null;
  // Servers ignore it (RFC 5961 §4), so that where it says the connection starts must not count.
  if (isOpening(packet) && arrival.known !== FlowState.unknown) return 'syn-in-connection';
  const isOlderThanTheRules = arrival.known === FlowState.unknown && packet.protocol === TCP && !isOpening(packet);
  const isOlderThanTheJudge = arrival.known === FlowState.pending && packet.protocol === TCP;
  const isMidway = arrival.isReply && arrival.known !== FlowState.fresh;
  if (isOlderThanTheRules || isOlderThanTheJudge || isMidway) return 'in-progress';
  return null;
}
