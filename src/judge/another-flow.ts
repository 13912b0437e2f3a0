import type { Packet } from '../packet/packet.ts';
import { TCP } from '../packet/protocol-number.ts';
import type { Arrival } from './arrival.ts';
import type { Flow } from './flow.ts';
import { FlowState } from './flow-state.ts';
import { MAX_FIRST_FLIGHT_BYTES, REFUSED_DATAGRAM_MS } from './limits.ts';
import { isOpening } from './opening.ts';

/** What tells a remembered flow from a later one. */
export type Past = Pick<Flow, 'state' | 'epoch' | 'opening' | 'serverStart' | 'hasServerSpoken' | 'deniedAtMs'>;

/** Whether a packet belongs to a later flow that uses the addresses and ports of a remembered one. */
export function isAnotherFlow(flow: Past, packet: Packet, arrival: Arrival): boolean {
  if (arrival.isReply === null) return isOpening(packet) && packet.sequence !== flow.opening?.sequence;
  const isNewToTheKernel = arrival.known === FlowState.unknown || arrival.known === FlowState.fresh;
  if (!isNewToTheKernel) return false;
  if (packet.protocol === TCP && isOfAnotherHandshake(flow, packet, arrival)) return true;
  if (arrival.epoch < flow.epoch + 2) return false;
  const isStillRefused =
    arrival.known === FlowState.unknown &&
    flow.state === FlowState.denied &&
    arrival.atMs - flow.deniedAtMs < REFUSED_DATAGRAM_MS;
  return !isStillRefused;
}

/**
 * Of a segment that was queued before the kernel knew of any verdict on its connection. Had it been on its way since
 * before the verdict on the remembered one, it would have come before the server's first answer to that, and would
 * acknowledge nothing but the server's SYN.
 */
function isOfAnotherHandshake(flow: Past, packet: Packet, arrival: Arrival): boolean {
  if (isOpening(packet)) {
    const isSame = packet.sequence === flow.opening?.sequence && !flow.hasServerSpoken;
    return arrival.known === FlowState.unknown && !isSame;
  }
  if (arrival.known !== FlowState.fresh || flow.serverStart === -1) return false;
  if (arrival.isReply === true) return (packet.sequence - flow.serverStart) >>> 0 > MAX_FIRST_FLIGHT_BYTES;
  return flow.hasServerSpoken || packet.acknowledgement !== flow.serverStart;
}
