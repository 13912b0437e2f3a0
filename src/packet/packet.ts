import { readIpv4 } from './ipv4.ts';
import { readIpv6 } from './ipv6.ts';
import { TCP, UDP } from './protocol-number.ts';
import { readTcp } from './tcp.ts';
import { readUdp } from './udp.ts';

/**
 * Why a packet cannot be read: its headers are cut off or contradict each other, or it is a piece of a larger one
 * (the kernel puts fragments together before they are judged, so a gateway never sees one).
 */
export type PacketFault = 'packet-malformed' | 'packet-fragment';

/**
 * The headers of one IP packet, checked once. One object is reused for packet after packet, so that reading costs
 * no garbage; `bytes` is borrowed from the source and only valid while that says so.
 */
export class Packet {
  bytes: Uint8Array = new Uint8Array(0);
  version: 4 | 6 = 4;
  /** The upper protocol, behind any extension headers. */
  protocol = 0;
  sourceAt = 0;
  destinationAt = 0;
  /** 4 or 16. */
  addressLength = 4;
  /** Where the upper protocol's header starts, and where the packet ends by its own length field. */
  transportAt = 0;
  end = 0;
  /** 0 where the protocol has no ports. */
  sourcePort = 0;
  destinationPort = 0;
  payloadAt = 0;
  /** By the headers. */
  payloadLength = 0;
  /** What was captured of the payload; less than `payloadLength` where the source cut the packet. */
  capturedLength = 0;
  /** TCP only: sequence numbers as unsigned 32-bit, and the flags byte. */
  sequence = 0;
  acknowledgement = 0;
  flags = 0;
}

/**
 * Reads the IP packet in `bytes[start, end)`. `end` may cut the packet short of its own length field.
 * On a fault the addresses are set if `into.protocol` is not 0.
 */
export function readPacket(bytes: Uint8Array, start: number, end: number, into: Packet): PacketFault | null {
  into.bytes = bytes;
  into.protocol = 0;
  into.sourcePort = 0;
  into.destinationPort = 0;
  into.payloadLength = 0;
  into.capturedLength = 0;
  into.flags = 0;
  const version = start < end ? (bytes[start] ?? 0) >> 4 : 0;
  const fault =
    version === 4
      ? readIpv4(bytes, start, end, into)
      : version === 6
        ? readIpv6(bytes, start, end, into)
        : 'packet-malformed';
  if (fault === 'packet-malformed') return fault;
  const transportFault =
    into.protocol === TCP ? readTcp(bytes, end, into) : into.protocol === UDP ? readUdp(bytes, end, into) : null;
  return fault ?? transportFault;
}
