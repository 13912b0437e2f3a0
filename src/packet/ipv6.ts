import { u16 } from './byte-order.ts';
import type { Packet, PacketFault } from './packet.ts';
import { AUTHENTICATION, DESTINATION_OPTIONS, FRAGMENT, HOP_BY_HOP, ROUTING } from './protocol-number.ts';

const HEADER_BYTES = 40;
/** More extension headers than any honest packet carries (RFC 8200 §4.1 recommends at most one of each, two of one). */
const MAX_EXTENSION_HEADERS = 8;

/** RFC 8200 §3 and §4; the authentication header RFC 4302. */
export function readIpv6(bytes: Uint8Array, start: number, end: number, into: Packet): PacketFault | null {
  if (start + HEADER_BYTES > end) return 'packet-malformed';
  const payloadLength = u16(bytes, start + 4) || end - start - HEADER_BYTES;
  into.version = 6;
  into.addressLength = 16;
  into.sourceAt = start + 8;
  into.destinationAt = start + 24;
  into.end = start + HEADER_BYTES + payloadLength;
  const limit = Math.min(end, into.end);
  let protocol = bytes[start + 6] ?? 0;
  let at = start + HEADER_BYTES;
  let fault: PacketFault | null = null;
  for (let headers = 0; isExtension(protocol); headers += 1) {
    if (headers === MAX_EXTENSION_HEADERS || at + 8 > limit) return 'packet-malformed';
    const next = bytes[at] ?? 0;
    const length = extensionBytes(protocol, bytes[at + 1] ?? 0);
    if (protocol === FRAGMENT) {
      const offsetAndMore = u16(bytes, at + 2) & 0xfff9;
      if (offsetAndMore !== 0) fault = 'packet-fragment';
      if ((offsetAndMore & 0xfff8) !== 0) {
        into.protocol = next;
        into.transportAt = end;
        return fault;
      }
    }
    at += length;
    protocol = next;
  }
  if (at > limit) return 'packet-malformed';
  into.protocol = protocol;
  into.transportAt = at;
  return fault;
}

function isExtension(protocol: number): boolean {
  return (
    protocol === HOP_BY_HOP ||
    protocol === ROUTING ||
    protocol === FRAGMENT ||
    protocol === DESTINATION_OPTIONS ||
    protocol === AUTHENTICATION
  );
}

function extensionBytes(protocol: number, lengthField: number): number {
  if (protocol === FRAGMENT) return 8;
  return protocol === AUTHENTICATION ? (lengthField + 2) * 4 : (lengthField + 1) * 8;
}
