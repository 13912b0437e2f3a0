import {
  ATTRIBUTE_HEADER_BYTES,
  ATTRIBUTES_AT,
  aligned,
  NLM_F_ACK,
  NLM_F_REQUEST,
  writeAttributeHeader,
  writeHeader,
} from './netlink-message.ts';

/** Source: linux/netfilter/nfnetlink_queue.h (NFQNL_MSG_CONFIG, enum nfqnl_attr_config, NFQNL_CFG_CMD_*, NFQA_CFG_F_*). */
const CONFIG_MESSAGE = (3 << 8) | 2;
const COMMAND = 1;
const COPY_PARAMETERS = 2;
const MAX_LENGTH = 3;
const FLAG_MASK = 4;
const FLAGS = 5;

const BIND = 1;
const UNBIND = 2;
const UNBIND_FAMILY = 4;

const COPY_PACKET = 2;
const FAIL_OPEN = 1;
const GSO = 4;

export interface QueueSettings {
  readonly copyRangeBytes: number;
  readonly maxLength: number;
  readonly gso: boolean;
  readonly failOpen: boolean;
}

interface Attribute {
  readonly type: number;
  readonly value: Uint8Array;
}

function bigEndian(...words: number[]): Uint8Array {
  const value = new Uint8Array(words.length * 4);
  const view = new DataView(value.buffer);
  words.forEach((word, index) => {
    view.setUint32(index * 4, word, false);
  });
  return value;
}

/** Command, a byte of padding, protocol family (16 bits). */
function command(code: number): Attribute {
  return { type: COMMAND, value: bigEndian(code << 24) };
}

function message(queue: number, sequence: number, attributes: readonly Attribute[]): Uint8Array {
  const size = attributes.reduce(
    (sum, { value }) => sum + aligned(ATTRIBUTE_HEADER_BYTES + value.length),
    ATTRIBUTES_AT,
  );
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  writeHeader(view, 0, size, CONFIG_MESSAGE, NLM_F_REQUEST | NLM_F_ACK, sequence, queue);
  let at = ATTRIBUTES_AT;
  for (const { type, value } of attributes) {
    writeAttributeHeader(view, at, type, value.length);
    bytes.set(value, at + ATTRIBUTE_HEADER_BYTES);
    at += aligned(ATTRIBUTE_HEADER_BYTES + value.length);
  }
  return bytes;
}

/**
 * A command kept by kernels since 3.8 for old programs: it does nothing, but is answered like any other, so it tells
 * whether this socket may configure queues at all.
 */
export function probeMessage(sequence: number): Uint8Array {
  return message(0, sequence, [command(UNBIND_FAMILY)]);
}

/** Binds the queue and sets it up in one request, so that no packet ever meets it half configured. */
export function bindMessage(queue: number, sequence: number, settings: QueueSettings): Uint8Array {
  const flags = (settings.failOpen ? FAIL_OPEN : 0) | (settings.gso ? GSO : 0);
  const copyRange = bigEndian(settings.copyRangeBytes);
  return message(queue, sequence, [
    command(BIND),
    { type: COPY_PARAMETERS, value: Uint8Array.of(...copyRange, COPY_PACKET) },
    { type: MAX_LENGTH, value: bigEndian(settings.maxLength) },
    { type: FLAG_MASK, value: bigEndian(FAIL_OPEN | GSO) },
    { type: FLAGS, value: bigEndian(flags) },
  ]);
}

/** The kernel then drops every packet of the queue that still waits for its verdict. */
export function unbindMessage(queue: number, sequence: number): Uint8Array {
  return message(queue, sequence, [command(UNBIND)]);
}
