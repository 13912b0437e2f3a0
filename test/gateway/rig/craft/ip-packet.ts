import ipaddr from 'ipaddr.js';

interface IpHeader {
  /** Both of 4 bytes, or of 16. */
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly protocol: number;
  /** Hops until a router throws it away. */
  readonly ttl: number;
}

/** A whole IP packet: no IP options, no extension headers. */
export function ipPacket(header: IpHeader, payload: Uint8Array): Uint8Array {
  const { source, destination } = header;
  const ip = source.length === 16 ? ipv6Header(header, payload.length) : ipv4Header(header, payload.length);
  ip.set(source, source.length === 16 ? 8 : 12);
  ip.set(destination, source.length === 16 ? 24 : 16);
  const packet = new Uint8Array(ip.length + payload.length);
  packet.set(ip);
  packet.set(payload, ip.length);
  return packet;
}

export function addressBytes(address: string): Uint8Array {
  return Uint8Array.from(ipaddr.parse(address).toByteArray());
}

/** The kernel fills in the IPv4 header checksum itself (raw(7)). */
function ipv4Header({ protocol, ttl }: IpHeader, payloadBytes: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(20));
  view.setUint8(0, 0x45);
  view.setUint16(2, 20 + payloadBytes);
  view.setUint16(6, 0x4000);
  view.setUint8(8, ttl);
  view.setUint8(9, protocol);
  return new Uint8Array(view.buffer);
}

function ipv6Header({ protocol, ttl }: IpHeader, payloadBytes: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(40));
  view.setUint8(0, 0x60);
  view.setUint16(4, payloadBytes);
  view.setUint8(6, protocol);
  view.setUint8(7, ttl);
  return new Uint8Array(view.buffer);
}

/** What a checksum covers beside both addresses and the payload (RFC 9293 §3.1, RFC 8200 §8.1): zeros do not count. */
export function coveredToo(protocol: number, payloadBytes: number): Uint8Array {
  return Uint8Array.of(0, protocol, payloadBytes >>> 8, payloadBytes & 0xff);
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
