import { isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';

export interface PacketParts {
  source: string;
  destination: string;
  protocol?: number;
  sourcePort?: number;
  destinationPort?: number;
  sequence?: number;
  acknowledgement?: number;
  /** Letters of SYN, ACK, FIN, RST, PSH, URG. */
  flags?: string;
  payload?: Uint8Array | string;
  /** Bytes of TCP options, a multiple of four. */
  tcpOptions?: Uint8Array;
  /** IPv4 options, a multiple of four. */
  ipOptions?: Uint8Array;
  /** IPv6 extension headers as they stand on the wire, and the protocol number of the first. */
  extensions?: { first: number; bytes: Uint8Array };
  /** The IPv4 flags and fragment offset field. */
  fragment?: number;
  /** Overrides the length field of the IP header. */
  lengthField?: number;
}

const FLAGS = { F: 1, S: 2, R: 4, P: 8, A: 16, U: 32 } as const;

/** One IP packet, without checksums, which nothing here reads. */
export function buildPacket(parts: PacketParts): Uint8Array {
  const protocol = parts.protocol ?? 6;
  const payload =
    typeof parts.payload === 'string' ? Buffer.from(parts.payload, 'latin1') : (parts.payload ?? new Uint8Array(0));
  const upper = protocol === 6 ? tcp(parts, payload) : protocol === 17 ? udp(parts, payload) : Buffer.from(payload);
  return isIPv4(parts.source) ? ipv4(parts, protocol, upper) : ipv6(parts, protocol, upper);
}

function tcp(parts: PacketParts, payload: Uint8Array): Buffer {
  const options = parts.tcpOptions ?? new Uint8Array(0);
  const header = Buffer.alloc(20);
  header.writeUInt16BE(parts.sourcePort ?? 40000, 0);
  header.writeUInt16BE(parts.destinationPort ?? 80, 2);
  header.writeUInt32BE((parts.sequence ?? 0) >>> 0, 4);
  header.writeUInt32BE((parts.acknowledgement ?? 0) >>> 0, 8);
  header[12] = ((20 + options.length) / 4) << 4;
  for (const letter of parts.flags ?? 'A') header[13] = header[13]! | (FLAGS[letter as keyof typeof FLAGS] ?? 0);
  header.writeUInt16BE(65535, 14);
  return Buffer.concat([header, options, payload]);
}

function udp(parts: PacketParts, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16BE(parts.sourcePort ?? 40000, 0);
  header.writeUInt16BE(parts.destinationPort ?? 53, 2);
  header.writeUInt16BE(8 + payload.length, 4);
  return Buffer.concat([header, payload]);
}

function ipv4(parts: PacketParts, protocol: number, upper: Buffer): Buffer {
  const options = parts.ipOptions ?? new Uint8Array(0);
  const header = Buffer.alloc(20);
  header[0] = 0x40 | (5 + options.length / 4);
  header.writeUInt16BE(parts.lengthField ?? 20 + options.length + upper.length, 2);
  header.writeUInt16BE(parts.fragment ?? 0, 6);
  header[8] = 64;
  header[9] = protocol;
  header.set(ipaddr.parse(parts.source).toByteArray(), 12);
  header.set(ipaddr.parse(parts.destination).toByteArray(), 16);
  return Buffer.concat([header, options, upper]);
}

function ipv6(parts: PacketParts, protocol: number, upper: Buffer): Buffer {
  const extensions = parts.extensions?.bytes ?? new Uint8Array(0);
  const header = Buffer.alloc(40);
  header[0] = 0x60;
  header.writeUInt16BE(parts.lengthField ?? extensions.length + upper.length, 4);
  header[6] = parts.extensions?.first ?? protocol;
  header[7] = 64;
  header.set(ipaddr.parse(parts.source).toByteArray(), 8);
  header.set(ipaddr.parse(parts.destination).toByteArray(), 24);
  return Buffer.concat([header, extensions, upper]);
}
