import ipaddr from 'ipaddr.js';

/** Marks what is sent by hand, so that the phone's firewall can tell it from what its kernel sends. */
export const CRAFTED_MARK = 0x77;

/** TCP flags (RFC 9293 §3.1). */
export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const PSH = 0x08;
export const ACK = 0x10;
export const URG = 0x20;

const TCP = 6;
const TCP_HEADER_BYTES = 20;

export interface Segment {
  readonly source: string;
  readonly destination: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence: number;
  readonly acknowledgment: number;
  readonly flags: number;
  readonly payload: Uint8Array;
  /** TCP options, a multiple of four bytes. */
  readonly options: Uint8Array;
  /** Hops until a router throws it away. */
  readonly ttl: number;
  readonly badChecksum: boolean;
}

/** The whole IP packet of a segment: no IP options, no extension headers. */
export function packetOf(segment: Segment): Uint8Array {
  const source = Uint8Array.from(ipaddr.parse(segment.source).toByteArray());
  const destination = Uint8Array.from(ipaddr.parse(segment.destination).toByteArray());
  const tcp = tcpOf(segment, source, destination);
  const ip = source.length === 16 ? ipv6Header(segment, tcp.length) : ipv4Header(segment, tcp.length);
  ip.set(source, source.length === 16 ? 8 : 12);
  ip.set(destination, source.length === 16 ? 24 : 16);
  const packet = new Uint8Array(ip.length + tcp.length);
  packet.set(ip);
  packet.set(tcp, ip.length);
  return packet;
}

/** The kernel fills in the IPv4 header checksum itself (raw(7)). */
function ipv4Header(segment: Segment, payloadBytes: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(20));
  view.setUint8(0, 0x45);
  view.setUint16(2, 20 + payloadBytes);
  view.setUint16(6, 0x4000);
  view.setUint8(8, segment.ttl);
  view.setUint8(9, TCP);
  return new Uint8Array(view.buffer);
}

function ipv6Header(segment: Segment, payloadBytes: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(40));
  view.setUint8(0, 0x60);
  view.setUint16(4, payloadBytes);
  view.setUint8(6, TCP);
  view.setUint8(7, segment.ttl);
  return new Uint8Array(view.buffer);
}

function tcpOf(segment: Segment, source: Uint8Array, destination: Uint8Array): Uint8Array {
  const headerBytes = TCP_HEADER_BYTES + segment.options.length;
  const bytes = new Uint8Array(headerBytes + segment.payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, segment.sourcePort);
  view.setUint16(2, segment.destinationPort);
  view.setUint32(4, segment.sequence >>> 0);
  view.setUint32(8, segment.acknowledgment >>> 0);
  view.setUint8(12, (headerBytes / 4) << 4);
  view.setUint8(13, segment.flags);
  view.setUint16(14, 65_535);
  bytes.set(segment.options, TCP_HEADER_BYTES);
  bytes.set(segment.payload, headerBytes);
  const right = checksum([source, destination, Uint8Array.of(0, TCP, bytes.length >>> 8, bytes.length & 0xff), bytes]);
  view.setUint16(16, segment.badChecksum ? right ^ 0x5555 : right);
  return bytes;
}

/** The Internet checksum (RFC 1071) over parts of which all but the last have even length. */
export function checksum(parts: readonly Uint8Array[]): number {
  let sum = 0;
  for (const part of parts) {
    for (let at = 0; at < part.length; at += 2) sum += ((part[at] ?? 0) << 8) | (part[at + 1] ?? 0);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

export interface SeenSegment {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence: number;
  readonly acknowledgment: number;
  readonly flags: number;
  readonly payload: Uint8Array;
}

export function readSegment(bytes: Uint8Array): SeenSegment {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return {
    sourcePort: view.getUint16(0),
    destinationPort: view.getUint16(2),
    sequence: view.getUint32(4),
    acknowledgment: view.getUint32(8),
    flags: view.getUint8(13),
    payload: bytes.subarray((view.getUint8(12) >>> 4) * 4),
  };
}
