import { type Attribute, bigEndian, request } from './netlink-message.ts';

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

/** Command, a byte of padding, protocol family (16 bits). */
function command(code: number): Attribute {
  return { type: COMMAND, value: bigEndian(code << 24) };
}

function message(queue: number, sequence: number, attributes: readonly Attribute[]): Uint8Array {
  return request(CONFIG_MESSAGE, sequence, queue, attributes);
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
