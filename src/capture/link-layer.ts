import { u16 } from '../packet/byte-order.ts';
import { locateBehindEthertype } from './ethertype.ts';
import type { CapturedFrame } from './frame.ts';
import { type IpLocation, locatedAt, NO_MAC } from './ip-location.ts';
import { locateBehindPppProtocol, locateInPppoeSession } from './ppp.ts';
import { locateInRadiotap, locateInWifi } from './wifi-frame.ts';

type Locator = (bytes: Uint8Array, start: number, end: number, out: IpLocation) => boolean;

/** By LINKTYPE_ number (https://www.tcpdump.org/linktypes.html). */
const LOCATORS: ReadonlyMap<number, Locator> = new Map([
  [0, locateInLoopback],
  [1, locateInEthernet],
  [9, locateInPpp],
  // RAW as some systems number it in files of their own.
  [12, locateRaw],
  [14, locateRaw],
  [50, locateInPpp],
  [51, locateInPppoeSession],
  [101, locateRaw],
  [104, locateInCiscoHdlc],
  [105, locateInWifi],
  [108, locateInLoopback],
  [113, locateInCooked],
  [127, locateInRadiotap],
  [228, locateRawIpv4],
  [229, locateRawIpv6],
  [276, locateInCooked2],
]);

/** Whether frames of this link type are looked into at all. */
export function isKnownLinkType(linkType: number): boolean {
  return LOCATORS.has(linkType);
}

/**
 * Finds the IP packet in a frame and writes where into `out`. False where the frame holds none: another protocol,
 * a link type that is not known, or too short to tell. The packet ends by its own length, at most at `frame.end`.
 */
export function locateIp(frame: CapturedFrame, out: IpLocation): boolean {
  out.sourceMacAt = NO_MAC;
  const locate = frame.linkType === 1 ? locateInEthernet : LOCATORS.get(frame.linkType);
  return locate?.(frame.bytes, frame.start, frame.end, out) ?? false;
}

const MAC_BYTES = 6;

/** {6 destination, 6 source, u16 EtherType}. A length in place of the EtherType (802.2 LLC) is not IP. */
function locateInEthernet(bytes: Uint8Array, start: number, end: number, out: IpLocation): boolean {
  if (start + 14 > end) return false;
  out.sourceMacAt = start + MAC_BYTES;
  return locateBehindEthertype(bytes, u16(bytes, start + 12), start + 14, end, out);
}

/** Linux "cooked": {u16 packet type, u16 ARPHRD_, u16 address length, 8 address, u16 EtherType}. */
function locateInCooked(bytes: Uint8Array, start: number, end: number, out: IpLocation): boolean {
  if (start + 16 > end) return false;
  if (u16(bytes, start + 4) === MAC_BYTES) out.sourceMacAt = start + 6;
  return locateBehindEthertype(bytes, u16(bytes, start + 14), start + 16, end, out);
}

/** {u16 EtherType, u16 0, u32 interface, u16 ARPHRD_, u8 packet type, u8 address length, 8 address}. */
function locateInCooked2(bytes: Uint8Array, start: number, end: number, out: IpLocation): boolean {
  if (start + 20 > end) return false;
  if (bytes[start + 11] === MAC_BYTES) out.sourceMacAt = start + 12;
  return locateBehindEthertype(bytes, u16(bytes, start), start + 20, end, out);
}

function locateRaw(bytes: Uint8Array, start: number, end: number, out: IpLocation): boolean {
  return locatedAt(bytes, start, end, 0, out);
}

function locateRawIpv4(bytes: Uint8Array, start: number, end: number, out: IpLocation): boolean {
  return locatedAt(bytes, start, end, 4, out);
}

function locateRawIpv6(bytes: Uint8Array, start: number, end: number, out: IpLocation): boolean {
  return locatedAt(bytes, start, end, 6, out);
}

/**
 * A u32 address family, in network order (LOOP) or that of the machine that captured (NULL): the half that is zero
 * tells which. IPv4 is 2 everywhere; IPv6 has a number of its own on every system, so the packet says which it is.
 */
function locateInLoopback(bytes: Uint8Array, start: number, end: number, out: IpLocation): boolean {
  if (start + 4 > end) return false;
  const high = u16(bytes, start);
  const low = u16(bytes, start + 2);
  if ((high === 0) === (low === 0)) return false;
  return locatedAt(bytes, start + 4, end, 0, out);
}

/** PPP (RFC 1661), with the address and control bytes FF 03 of RFC 1662 in front or without, or Cisco's HDLC. */
function locateInPpp(bytes: Uint8Array, start: number, end: number, out: IpLocation): boolean {
  const framed = start + 2 <= end && u16(bytes, start) === 0xff03;
  return (
    locateBehindPppProtocol(bytes, framed ? start + 2 : start, end, out) || locateInCiscoHdlc(bytes, start, end, out)
  );
}

/** {u8 0F unicast or 8F multicast, u8 0, u16 EtherType} (RFC 1547 §4.3.1). */
function locateInCiscoHdlc(bytes: Uint8Array, start: number, end: number, out: IpLocation): boolean {
  if (start + 4 > end || ((bytes[start] ?? 0) & 0x7f) !== 0x0f || bytes[start + 1] !== 0) return false;
  return locateBehindEthertype(bytes, u16(bytes, start + 2), start + 4, end, out);
}
