import {
  ATTRIBUTE_HEADER_BYTES,
  ATTRIBUTE_TYPE_MASK,
  ATTRIBUTES_AT,
  aligned,
  bigEndian,
  NLMSG_ERROR,
  request,
} from './netlink-message.ts';

/** Source: linux/netfilter/nfnetlink_log.h (NFULNL_MSG_*, enum nfulnl_attr_config, NFULNL_CFG_CMD_*, NFULA_PAYLOAD). */
const PACKET_MESSAGE = (4 << 8) | 0;
const CONFIG_MESSAGE = (4 << 8) | 1;
const COMMAND = 1;
const MODE = 2;
const BUFFER_BYTES = 3;
const QUEUE_THRESHOLD = 5;
const BIND = 1;
const COPY_PACKET = 2;
const PAYLOAD = 9;

/** Too small for two: the kernel takes what one packet needs instead, and not a page for each. */
const SMALL_BUFFER_BYTES = 64;

/**
 * Binds the group and sets it up in one request. Each packet is sent at once, alone in its datagram: what the kernel
 * gathered would come later than the packets it is to be known before.
 */
export function bindLogMessage(group: number, sequence: number, copyRangeBytes: number): Uint8Array {
  return request(CONFIG_MESSAGE, sequence, group, [
    { type: COMMAND, value: Uint8Array.of(BIND) },
    { type: MODE, value: Uint8Array.of(...bigEndian(copyRangeBytes), COPY_PACKET, 0) },
    { type: BUFFER_BYTES, value: bigEndian(SMALL_BUFFER_BYTES) },
    { type: QUEUE_THRESHOLD, value: bigEndian(1) },
  ]);
}

/** A copy of a packet, from its network header on, between `start` and `end` of `bytes`. Reused by the next `poll`. */
export interface LoggedPacket {
  readonly bytes: Uint8Array;
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

export type LoggedPacketFields = { -readonly [Field in keyof LoggedPacket]: LoggedPacket[Field] };

/**
 * Reads the one message of a datagram; `view` and `packet.bytes` cover the same memory. Never throws and never reads
 * at or behind `end`, whatever stands there.
 */
export function readLogMessage(
  view: DataView,
  end: number,
  packet: LoggedPacketFields,
): 'packet' | 'answer' | 'malformed' {
  if (end > view.byteLength || end < ATTRIBUTES_AT) return 'malformed';
  const messageBytes = view.getUint32(0, true);
  const type = view.getUint16(4, true);
  if (type === NLMSG_ERROR) return 'answer';
  if (type !== PACKET_MESSAGE || messageBytes > end) return 'malformed';
  let at = ATTRIBUTES_AT;
  while (at + ATTRIBUTE_HEADER_BYTES <= messageBytes) {
    const attributeBytes = view.getUint16(at, true);
    if (attributeBytes < ATTRIBUTE_HEADER_BYTES || at + attributeBytes > messageBytes) return 'malformed';
    if ((view.getUint16(at + 2, true) & ATTRIBUTE_TYPE_MASK) === PAYLOAD) {
      packet.start = at + ATTRIBUTE_HEADER_BYTES;
      packet.end = at + attributeBytes;
      return 'packet';
    }
    at += aligned(attributeBytes);
  }
  return 'malformed';
}
