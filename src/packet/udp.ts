import { u16 } from './byte-order.ts';
import type { Packet, PacketFault } from './packet.ts';

const HEADER_BYTES = 8;

/** RFC 768. A length field that leaves bytes of the IP packet over hides them from a reader, so it is refused. */
export function readUdp(bytes: Uint8Array, end: number, into: Packet): PacketFault | null {
  const at = into.transportAt;
  if (at + HEADER_BYTES > Math.min(end, into.end)) return 'packet-malformed';
  into.sourcePort = u16(bytes, at);
  into.destinationPort = u16(bytes, at + 2);
  const length = u16(bytes, at + 4);
  into.payloadAt = at + HEADER_BYTES;
  into.payloadLength = into.end - into.payloadAt;
  into.capturedLength = Math.max(0, Math.min(end, into.end) - into.payloadAt);
  return length === into.end - at ? null : 'packet-malformed';
}
