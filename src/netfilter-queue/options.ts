import { NetfilterQueueError } from './error.ts';

export interface QueueOptions {
  /** The number in the firewall rule, 0 to 65535. */
  readonly queue: number;
  /** How much of each packet is copied to user space, from its network header on; 1 to 65531. */
  readonly copyRangeBytes: number;
  /** How many packets may wait for a verdict; the kernel drops (or with `failOpen` accepts) those beyond. */
  readonly maxLength: number;
  /** Take packets as the network card joined them, up to 64 KiB, instead of having them cut into segments first. */
  readonly gso: boolean;
  /** Whether the kernel accepts packets, instead of dropping them, when the queue is full. */
  readonly failOpen: boolean;
  /** The socket's receive buffer; the kernel doubles it, and counts about 1 KiB per packet besides its bytes. */
  readonly receiveBufferBytes: number;
  /** The longest `receive()` waits. */
  readonly receiveTimeoutMs: number;
  /** How many packets one `receive()` may bring, 1 to 1024; 64 unless told. */
  readonly batch?: number;
}

const DEFAULT_BATCH = 64;
/** What a 16-bit attribute length leaves beside its own header. */
const MAX_COPY_RANGE_BYTES = 0xffff - 4;
/** The C library's UIO_MAXIOV, which also bounds recvmmsg. */
const MAX_BATCH = 1024;
const MAX_TIMEOUT_MS = 3_600_000;

const RANGES = {
  queue: [0, 0xffff],
  copyRangeBytes: [1, MAX_COPY_RANGE_BYTES],
  maxLength: [1, 0xffffffff],
  receiveBufferBytes: [1, 0x3fffffff],
  receiveTimeoutMs: [1, MAX_TIMEOUT_MS],
  batch: [1, MAX_BATCH],
} as const;

/**
 * @returns the options with every default filled in.
 * @throws NetfilterQueueError `invalid-option`.
 */
export function checkOptions(options: QueueOptions): Required<QueueOptions> {
  const complete = { ...options, batch: options.batch ?? DEFAULT_BATCH };
  requireRange('queue', complete.queue);
  requireRange('copyRangeBytes', complete.copyRangeBytes);
  requireRange('maxLength', complete.maxLength);
  requireRange('receiveBufferBytes', complete.receiveBufferBytes);
  requireRange('receiveTimeoutMs', complete.receiveTimeoutMs);
  requireRange('batch', complete.batch);
  return complete;
}

function requireRange(name: keyof typeof RANGES, value: number): void {
  const [least, most] = RANGES[name];
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new NetfilterQueueError('invalid-option', `${name} is ${value}: give a whole number from ${least} to ${most}`);
}
