/**
 * The netlink message: a 16-byte header, here always followed by nfnetlink's own 4 bytes, then attributes.
 *
 * The header and an attribute's length and type are in host order, which is little-endian on every machine this
 * binding runs on; what nfnetlink puts inside attributes is big-endian.
 * Source: linux/netlink.h, linux/netfilter/nfnetlink.h, RFC 3549 section 2.3.2.
 */

export const NETLINK_HEADER_BYTES = 16;
/** Address family, version, resource id (16 bits, big-endian). */
export const NFNETLINK_HEADER_BYTES = 4;
export const ATTRIBUTE_HEADER_BYTES = 4;
export const ATTRIBUTES_AT = NETLINK_HEADER_BYTES + NFNETLINK_HEADER_BYTES;
/** The two top bits of an attribute's type say "nested" and "network order". */
export const ATTRIBUTE_TYPE_MASK = 0x3fff;
const NESTED = 0x8000;

export const NLMSG_ERROR = 2;
export const NLM_F_REQUEST = 1;
export const NLM_F_ACK = 4;

/** Attributes and messages begin on multiples of four bytes. */
export function aligned(bytes: number): number {
  return (bytes + 3) & ~3;
}

/**
 * Writes both headers at `at`.
 * @param totalBytes both headers and everything that follows.
 * @param resource nfnetlink's resource id, such as the queue's number.
 */
export function writeHeader(
  view: DataView,
  at: number,
  totalBytes: number,
  type: number,
  flags: number,
  sequence: number,
  resource: number,
  family = 0,
): void {
  view.setUint32(at, totalBytes, true);
  view.setUint16(at + 4, type, true);
  view.setUint16(at + 6, flags, true);
  view.setUint32(at + 8, sequence, true);
  view.setUint32(at + 12, 0, true);
  view.setUint16(at + 16, family, true);
  view.setUint16(at + 18, resource, false);
}

/** `valueBytes` is the value alone; the value begins at `at + ATTRIBUTE_HEADER_BYTES`. */
export function writeAttributeHeader(view: DataView, at: number, type: number, valueBytes: number): void {
  view.setUint16(at, ATTRIBUTE_HEADER_BYTES + valueBytes, true);
  view.setUint16(at + 2, type, true);
}

export interface Attribute {
  readonly type: number;
  readonly value: Uint8Array;
}

export interface MessageHead {
  readonly type: number;
  /** NLM_F_REQUEST and others. */
  readonly flags: number;
  readonly sequence: number;
  readonly resource: number;
  /** NFPROTO_*; 0 unless told. */
  readonly family?: number;
}

/** One whole message. */
export function nfnetlinkMessage(head: MessageHead, attributes: readonly Attribute[]): Uint8Array {
  const body = encodeAttributes(attributes);
  const bytes = new Uint8Array(ATTRIBUTES_AT + body.length);
  const { type, flags, sequence, resource, family } = head;
  writeHeader(new DataView(bytes.buffer), 0, bytes.length, type, flags, sequence, resource, family);
  bytes.set(body, ATTRIBUTES_AT);
  return bytes;
}

/** An attribute that consists of attributes. */
export function nested(type: number, attributes: readonly Attribute[]): Attribute {
  return { type: type | NESTED, value: encodeAttributes(attributes) };
}

function encodeAttributes(attributes: readonly Attribute[]): Uint8Array {
  const size = attributes.reduce((sum, { value }) => sum + aligned(ATTRIBUTE_HEADER_BYTES + value.length), 0);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const { type, value } of attributes) {
    writeAttributeHeader(view, at, type, value.length);
    bytes.set(value, at + ATTRIBUTE_HEADER_BYTES);
    at += aligned(ATTRIBUTE_HEADER_BYTES + value.length);
  }
  return bytes;
}

/** A request the kernel answers, of the given message type. */
export function request(
  type: number,
  sequence: number,
  resource: number,
  attributes: readonly Attribute[],
): Uint8Array {
  return nfnetlinkMessage({ type, flags: NLM_F_REQUEST | NLM_F_ACK, sequence, resource }, attributes);
}

/** 32-bit words as attributes hold them. */
export function bigEndian(...words: number[]): Uint8Array {
  const value = new Uint8Array(words.length * 4);
  const view = new DataView(value.buffer);
  words.forEach((word, index) => {
    view.setUint32(index * 4, word, false);
  });
  return value;
}

/** The kernel's answer to one request: `errorNumber` 0 acknowledges it. */
export interface Answer {
  readonly sequence: number;
  readonly errorNumber: number;
}

/** An answer carries a signed error code and the header of the request it answers. */
const ANSWER_BYTES = NETLINK_HEADER_BYTES + 4 + NETLINK_HEADER_BYTES;

/** @returns null unless a whole NLMSG_ERROR message stands between `start` and `end`. */
export function readAnswer(view: DataView, start: number, end: number): Answer | null {
  if (end > view.byteLength || end - start < ANSWER_BYTES) return null;
  const length = view.getUint32(start, true);
  if (length < ANSWER_BYTES || length > end - start) return null;
  if (view.getUint16(start + 4, true) !== NLMSG_ERROR) return null;
  const code = view.getInt32(start + NETLINK_HEADER_BYTES, true);
  if (code > 0) return null;
  return { sequence: view.getUint32(start + 8, true), errorNumber: code === 0 ? 0 : -code };
}
