import { addressBytes, checksum, coveredToo, ipPacket } from '../rig/craft/ip-packet.ts';

/** Destination unreachable, by a port nobody listens on (RFC 792, RFC 4443 §3.1). */
const PORT_UNREACHABLE = { IPv4: [3, 3], IPv6: [1, 4] } as const;
const PROTOCOL = { IPv4: 1, IPv6: 58 } as const;
const ICMP_HEADER_BYTES = 8;

/** A whole IP packet that says a port cannot be reached. @param about the packet it is an error of, or how it begins. */
export function icmpError(from: string, to: string, about: Uint8Array): Uint8Array {
  const [source, destination] = [addressBytes(from), addressBytes(to)];
  const family = source.length === 16 ? 'IPv6' : 'IPv4';
  const protocol = PROTOCOL[family];
  const icmp = new Uint8Array(ICMP_HEADER_BYTES + about.length);
  icmp.set(PORT_UNREACHABLE[family]);
  icmp.set(about, ICMP_HEADER_BYTES);
  const covered = family === 'IPv6' ? [source, destination, coveredToo(protocol, icmp.length), icmp] : [icmp];
  new DataView(icmp.buffer).setUint16(2, checksum(covered));
  return ipPacket({ source, destination, protocol, ttl: 64 }, icmp);
}
