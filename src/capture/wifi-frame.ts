import { u16 } from '../packet/byte-order.ts';
import { locateBehindEthertype } from './ethertype.ts';
import { type IpLocation, NO_MAC } from './ip-location.ts';

const HEADER_BYTES = 24;
const ADDRESS_BYTES = 6;
const QOS_CONTROL_BYTES = 2;
const HT_CONTROL_BYTES = 4;
const LLC_SNAP_BYTES = 8;

/** Frame control, first byte: version 0 and type "data"; the rest of it is the subtype. */
const VERSION_AND_TYPE = 0x0f;
const DATA = 0x08;
const SUBTYPE_WITHOUT_BODY = 0x40;
const SUBTYPE_QOS = 0x80;
/** Second byte. */
const TO_AND_FROM = 0x03;
const FROM_ACCESS_POINT = 0x02;
const PROTECTED = 0x40;
const ORDER = 0x80;
const AMSDU = 0x80;

/**
 * Finds the IP header in an unencrypted IEEE 802.11 data frame (802.11-2020 §9.3.2) that carries LLC/SNAP. Later
 * fragments and aggregates of several packets are not looked into.
 */
export function locateInWifi(bytes: Uint8Array, start: number, end: number, out: IpLocation): boolean {
  if (start + HEADER_BYTES > end) return false;
  const kind = bytes[start] ?? 0;
  const flags = bytes[start + 1] ?? 0;
  if ((kind & VERSION_AND_TYPE) !== DATA || (kind & SUBTYPE_WITHOUT_BODY) !== 0) return false;
  if ((flags & PROTECTED) !== 0) return false;
  const fragment = (bytes[start + 22] ?? 0) & 0x0f;
  if (fragment !== 0) return false;

  let at = start + HEADER_BYTES;
  const way = flags & TO_AND_FROM;
  if (way === TO_AND_FROM) at += ADDRESS_BYTES;
  if ((kind & SUBTYPE_QOS) !== 0) {
    if (at >= end || ((bytes[at] ?? 0) & AMSDU) !== 0) return false;
    at += QOS_CONTROL_BYTES;
    if ((flags & ORDER) !== 0) at += HT_CONTROL_BYTES;
  }
  if (at + LLC_SNAP_BYTES > end || !isSnap(bytes, at)) return false;
  out.sourceMacAt = start + sourceAddressAt(way);
  return locateBehindEthertype(bytes, u16(bytes, at + 6), at + LLC_SNAP_BYTES, end, out);
}

function sourceAddressAt(way: number): number {
  switch (way) {
    case TO_AND_FROM:
      return 24;
    case FROM_ACCESS_POINT:
      return 16;
    default:
      return 10;
  }
}

/** AA AA 03 and an all-zero organisation (RFC 1042). */
function isSnap(bytes: Uint8Array, at: number): boolean {
  return (
    bytes[at] === 0xaa &&
    bytes[at + 1] === 0xaa &&
    bytes[at + 2] === 0x03 &&
    bytes[at + 3] === 0 &&
    bytes[at + 4] === 0 &&
    bytes[at + 5] === 0
  );
}

const RADIOTAP_MIN_BYTES = 8;
const PRESENT_TSFT = 0x01;
const PRESENT_FLAGS = 0x02;
const PRESENT_MORE = 0x80;
const FLAG_PADDED = 0x20;

/**
 * The same behind a radiotap header (radiotap.org): {u8 version 0, u8, u16 length, u32 fields present …}, all
 * little-endian, in front of the frame. Frames whose header was padded to a multiple of four are not looked into.
 */
export function locateInRadiotap(bytes: Uint8Array, start: number, end: number, out: IpLocation): boolean {
  out.sourceMacAt = NO_MAC;
  if (start + RADIOTAP_MIN_BYTES > end || bytes[start] !== 0) return false;
  const length = (bytes[start + 2] ?? 0) | ((bytes[start + 3] ?? 0) << 8);
  if (length < RADIOTAP_MIN_BYTES || start + length > end) return false;
  const present = bytes[start + 4] ?? 0;
  if ((present & PRESENT_FLAGS) !== 0) {
    let field = RADIOTAP_MIN_BYTES;
    while (field < length && ((bytes[start + field - 1] ?? 0) & PRESENT_MORE) !== 0) field += 4;
    if ((present & PRESENT_TSFT) !== 0) field = ((field + 7) & ~7) + 8;
    if (field < length && ((bytes[start + field] ?? 0) & FLAG_PADDED) !== 0) return false;
  }
  return locateInWifi(bytes, start + length, end, out);
}
