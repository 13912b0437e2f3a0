import { type DatagramOutcome, type DatagramStep, FREE, never } from '../outcome.ts';
import { hasLongHeader, readLongPacket } from './long-packet.ts';

/** Datagrams with a short header that may have overtaken the server's first; a window's worth of a first flight. */
const MAX_OVERTAKING_DATAGRAMS = 10;

/**
 * The server's datagrams up to the first with an Initial or Handshake packet, which settles the flow. A Retry and a
 * version negotiation make the client start anew, and the answer is yet to come. The version need not be the
 * client's: RFC 9368 §2.3 lets the server choose a compatible one.
 */
export const answer: DatagramStep = answerAfter(0);

function answerAfter(overtaking: number): DatagramStep {
  return (datagram): DatagramOutcome => {
    if (!hasLongHeader(datagram)) {
      const isPlausible = datagram.length > 0 && overtaking < MAX_OVERTAKING_DATAGRAMS;
      return isPlausible ? { kind: 'more', next: answerAfter(overtaking + 1) } : never('quic-answer-not-a-long-packet');
    }
    const packet = readLongPacket(datagram, 0);
    if (packet.kind === 'never') return packet;
    if (packet.kind === 'version-negotiation' || packet.type === 'retry') {
      return { kind: 'more', next: answerAfter(overtaking) };
    }
    if (packet.type === '0-rtt') return never('quic-0-rtt-from-server');
    return { kind: 'match', facts: null, next: FREE, answer: FREE };
  };
}
