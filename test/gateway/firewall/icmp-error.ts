import ipaddr from 'ipaddr.js';
import { checksum } from '../rig/craft/segment.ts';

/** Destination unreachable, by a port nobody listens on (RFC 792, RFC 4443 §3.1). */
const PORT_UNREACHABLE = { 4: [3, 3], 6: [1, 4] } as const;
const NUMBER = { 4: 1, 6: 58 } as const;
const ICMP_HEADER_BYTES = 8;

/** A whole IP packet that says a port cannot be reached. @param about the packet it is an error of, or how it begins. */
export function icmpError(from: string, to: string, about: Uint8Array): Uint8Array {
  const [source, destination] = [from, to].map((address) => Uint8Array.from(ipaddr.parse(address).toByteArray()));
  if (source === undefined || destination === undefined) throw new Error('both ends have an address');
  const version = source.length === 16 ? 6 : 4;
  const icmp = new Uint8Array(ICMP_HEADER_BYTES + about.length);
  icmp.set(PORT_UNREACHABLE[version]);
  icmp.set(about, ICMP_HEADER_BYTES);
  const length = Uint8Array.of(0, 0, icmp.length >> 8, icmp.length & 0xff, 0, 0, 0, NUMBER[6]);
  const covered = version === 6 ? [source, destination, length, icmp] : [icmp];
  new DataView(icmp.buffer).setUint16(2, checksum(covered));
  return Uint8Array.of(...header(version, icmp.length), ...source, ...destination, ...icmp);
}

/** All of an IP header but the addresses; the kernel fills in the IPv4 header checksum itself (raw(7)). */
function header(version: 4 | 6, payloadBytes: number): readonly number[] {
  const bytes = (length: number) => [length >> 8, length & 0xff];
  const hops = 64;
  return version === 6
    ? [0x60, 0, 0, 0, ...bytes(payloadBytes), NUMBER[6], hops]
    : [0x45, 0, ...bytes(20 + payloadBytes), 0, 0, 0x40, 0, hops, NUMBER[4], 0, 0];
}
