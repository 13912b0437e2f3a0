import { u16, u32 } from './byte-order.ts';
import type { Packet, PacketFault } from './packet.ts';
import { TCP } from './protocol-number.ts';

const MIN_HEADER_BYTES = 20;

export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const ACK = 0x10;
export const URG = 0x20;

/** Whether a packet is a SYN-ACK: a server takes a connection, and says by its acknowledgement where it starts. */
export function isAcceptance(packet: Packet): boolean {
  return packet.protocol === TCP && (packet.flags & (SYN | ACK | RST | FIN)) === (SYN | ACK);
}

/** RFC 9293 §3.1. */
export function readTcp(bytes: Uint8Array, end: number, into: Packet): PacketFault | null {
  const at = into.transportAt;
  if (at + MIN_HEADER_BYTES > Math.min(end, into.end)) return 'packet-malformed';
  const headerBytes = ((bytes[at + 12] ?? 0) >> 4) * 4;
  if (headerBytes < MIN_HEADER_BYTES || at + headerBytes > into.end) return 'packet-malformed';
  into.sourcePort = u16(bytes, at);
  into.destinationPort = u16(bytes, at + 2);
  into.sequence = u32(bytes, at + 4);
  into.acknowledgement = u32(bytes, at + 8);
  into.flags = bytes[at + 13] ?? 0;
  into.payloadAt = at + headerBytes;
  into.payloadLength = into.end - into.payloadAt;
  into.capturedLength = Math.max(0, Math.min(end, into.end) - into.payloadAt);
  return null;
}
