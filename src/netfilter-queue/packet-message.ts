import {
  ATTRIBUTE_HEADER_BYTES,
  ATTRIBUTE_TYPE_MASK,
  ATTRIBUTES_AT,
  aligned,
  NETLINK_HEADER_BYTES,
  NLMSG_ERROR,
} from './netlink-message.ts';
import type { PacketFields } from './queued-packet.ts';

/** Source: linux/netfilter/nfnetlink_queue.h (NFQNL_MSG_PACKET, enum nfqnl_attr_type, NFQA_SKB_*). */
export const PACKET_MESSAGE = (3 << 8) | 0;
export const PACKET_HEADER = 1;
export const MARK = 3;
export const IN_INDEX = 5;
export const OUT_INDEX = 6;
export const HARDWARE_ADDRESS = 9;
export const PAYLOAD = 10;
const ORIGINAL_LENGTH = 13;
export const BUFFER_INFO = 14;
export const PRIORITY = 21;

const PACKET_HEADER_BYTES = 7;
/** The address's length (16 bits) and two bytes of padding. */
const HARDWARE_ADDRESS_PREFIX_BYTES = 4;
export const CHECKSUM_NOT_READY = 1;
const AGGREGATED = 2;

/** Ids are 32 bits: no packet has this one. */
const NAMELESS = -1;

/** The most the kernel puts around a payload, with room to spare: headers and every attribute it may add. */
export const MESSAGE_OVERHEAD_BYTES = 512;

/**
 * - `packet`: all fields are filled in.
 * - `broken`: a packet whose message is cut short or contradicts itself; only `id` may be used, to drop it.
 * - `answer`: NLMSG_ERROR, for `readAnswer`.
 * - `other`: a message of a kind not asked for.
 * - `malformed`: not even that.
 */
export type MessageKind = 'packet' | 'broken' | 'answer' | 'other' | 'malformed';

/**
 * Reads the one message of a datagram. `view` and `packet.bytes` cover the same memory, `end` is exclusive.
 * Never throws and never reads outside `start`..`end`, whatever stands there.
 */
export function readMessage(view: DataView, start: number, end: number, packet: PacketFields): MessageKind {
  if (end > view.byteLength || end - start < NETLINK_HEADER_BYTES) return 'malformed';
  const claimedBytes = view.getUint32(start, true);
  const type = view.getUint16(start + 4, true);
  if (type === NLMSG_ERROR) return 'answer';
  if (type !== PACKET_MESSAGE) return claimedBytes >= NETLINK_HEADER_BYTES ? 'other' : 'malformed';

  const cutShort = claimedBytes > end - start;
  const whole = readAttributes(view, start + ATTRIBUTES_AT, cutShort ? end : start + claimedBytes, packet);
  if (packet.id === NAMELESS) return 'malformed';
  return whole && !cutShort ? 'packet' : 'broken';
}

function readAttributes(view: DataView, start: number, end: number, packet: PacketFields): boolean {
  clear(packet);
  let at = start;
  while (at + ATTRIBUTE_HEADER_BYTES <= end) {
    const attributeBytes = view.getUint16(at, true);
    const type = view.getUint16(at + 2, true) & ATTRIBUTE_TYPE_MASK;
    const value = at + ATTRIBUTE_HEADER_BYTES;
    const valueBytes = attributeBytes - ATTRIBUTE_HEADER_BYTES;
    if (valueBytes < leastBytes(type) || at + attributeBytes > end) return false;
    switch (type) {
      case PACKET_HEADER:
        packet.id = view.getUint32(value, false);
        packet.protocol = view.getUint16(value + 4, false);
        packet.hook = view.getUint8(value + 6);
        break;
      case MARK:
        packet.mark = view.getUint32(value, false);
        break;
      case PRIORITY:
        packet.priority = view.getUint32(value, false);
        break;
      case IN_INDEX:
        packet.inIndex = view.getUint32(value, false);
        break;
      case OUT_INDEX:
        packet.outIndex = view.getUint32(value, false);
        break;
      case HARDWARE_ADDRESS: {
        const addressBytes = view.getUint16(value, false);
        if (addressBytes > valueBytes - HARDWARE_ADDRESS_PREFIX_BYTES) return false;
        packet.hardwareAddressStart = value + HARDWARE_ADDRESS_PREFIX_BYTES;
        packet.hardwareAddressEnd = packet.hardwareAddressStart + addressBytes;
        break;
      }
      case PAYLOAD:
        packet.start = value;
        packet.end = value + valueBytes;
        break;
      case ORIGINAL_LENGTH:
        packet.originalBytes = view.getUint32(value, false);
        break;
      case BUFFER_INFO: {
        const info = view.getUint32(value, false);
        packet.checksumReady = (info & CHECKSUM_NOT_READY) === 0;
        packet.aggregated = (info & AGGREGATED) !== 0;
        break;
      }
      default:
    }
    at += aligned(attributeBytes);
  }
  const capturedBytes = packet.end - packet.start;
  if (packet.originalBytes === 0) packet.originalBytes = capturedBytes;
  return packet.originalBytes >= capturedBytes;
}

/** The shortest value each attribute may have. */
function leastBytes(type: number): number {
  switch (type) {
    case PACKET_HEADER:
      return PACKET_HEADER_BYTES;
    case MARK:
    case PRIORITY:
    case IN_INDEX:
    case OUT_INDEX:
    case ORIGINAL_LENGTH:
    case BUFFER_INFO:
      return 4;
    case HARDWARE_ADDRESS:
      return HARDWARE_ADDRESS_PREFIX_BYTES;
    default:
      return 0;
  }
}

function clear(packet: PacketFields): void {
  packet.id = NAMELESS;
  packet.mark = 0;
  packet.priority = 0;
  packet.protocol = 0;
  packet.hook = 0;
  packet.inIndex = 0;
  packet.outIndex = 0;
  packet.start = 0;
  packet.end = 0;
  packet.originalBytes = 0;
  packet.hardwareAddressStart = 0;
  packet.hardwareAddressEnd = 0;
  packet.checksumReady = true;
  packet.aggregated = false;
}
