import { u16 } from '../packet/byte-order.ts';
import { type IpLocation, locatedAt } from './ip-location.ts';
import { locateInPppoeSession } from './ppp.ts';

export const ETHERTYPE_IPV4 = 0x0800;
export const ETHERTYPE_IPV6 = 0x86dd;
const PPPOE_SESSION = 0x8864;
const VLAN = 0x8100;
const SERVICE_VLAN = 0x88a8;
const OLD_SERVICE_VLAN = 0x9100;
const VLAN_TAG_BYTES = 4;

/**
 * Finds the IP header in what an EtherType announces: `payload` is where the bytes behind the EtherType begin.
 * Looks through 802.1Q and 802.1ad tags {u16 tag, u16 EtherType}, as many as the frame has room for, and PPPoE
 * sessions (RFC 2516 §4).
 */
export function locateBehindEthertype(
  bytes: Uint8Array,
  ethertype: number,
  payload: number,
  end: number,
  out: IpLocation,
): boolean {
  let type = ethertype;
  let at = payload;
  while (type === VLAN || type === SERVICE_VLAN || type === OLD_SERVICE_VLAN) {
    if (at + VLAN_TAG_BYTES > end) return false;
    type = u16(bytes, at + 2);
    at += VLAN_TAG_BYTES;
  }
  if (type === ETHERTYPE_IPV4) return locatedAt(bytes, at, end, 4, out);
  if (type === ETHERTYPE_IPV6) return locatedAt(bytes, at, end, 6, out);
  if (type === PPPOE_SESSION) return locateInPppoeSession(bytes, at, end, out);
  return false;
}
