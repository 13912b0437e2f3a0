import { u16 } from '../packet/byte-order.ts';
import { type IpLocation, locatedAt } from './ip-location.ts';

const PPPOE_HEADER_BYTES = 6;

/** {u8 version and type = 0x11, u8 code = 0, u16 session, u16 length} and then PPP without framing. */
export function locateInPppoeSession(bytes: Uint8Array, at: number, end: number, out: IpLocation): boolean {
  if (at + PPPOE_HEADER_BYTES > end || bytes[at] !== 0x11 || bytes[at + 1] !== 0) return false;
  return locateBehindPppProtocol(bytes, at + PPPOE_HEADER_BYTES, end, out);
}

const PPP_IPV4 = 0x21;
const PPP_IPV6 = 0x57;

/** PPP's protocol field: two bytes, or one where it was compressed, which its low bit tells (RFC 1661 §2). */
export function locateBehindPppProtocol(bytes: Uint8Array, at: number, end: number, out: IpLocation): boolean {
  if (at + 2 > end) return false;
  const compressed = ((bytes[at] ?? 0) & 1) === 1;
  const protocol = compressed ? bytes[at] : u16(bytes, at);
  const start = compressed ? at + 1 : at + 2;
  if (protocol === PPP_IPV4) return locatedAt(bytes, start, end, 4, out);
  if (protocol === PPP_IPV6) return locatedAt(bytes, start, end, 6, out);
  return false;
}
