import { addressBytes, checksum, coveredToo, ipPacket } from './ip-packet.ts';

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

/** The whole IP packet of a segment. */
export function packetOf(segment: Segment): Uint8Array {
  const source = addressBytes(segment.source);
  const destination = addressBytes(segment.destination);
  return ipPacket({ source, destination, protocol: TCP, ttl: segment.ttl }, tcpOf(segment, source, destination));
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
  const right = checksum([source, destination, coveredToo(TCP, bytes.length), bytes]);
  view.setUint16(16, segment.badChecksum ? right ^ 0x5555 : right);
  return bytes;
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
