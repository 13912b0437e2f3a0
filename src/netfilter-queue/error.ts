import { getSystemErrorName } from 'node:util';

export type NetfilterQueueErrorCode =
  /** Not 64-bit little-endian Linux on x86_64 or arm64, or the FFI library did not load. */
  | 'unsupported-platform'
  /** An option outside its range. */
  | 'invalid-option'
  /** CAP_NET_ADMIN is missing in the network namespace. */
  | 'not-permitted'
  /** Another socket has bound the queue. */
  | 'queue-taken'
  /** The kernel has no nfnetlink_queue. */
  | 'no-kernel-support'
  /** The kernel has nfnetlink_queue but not one of the options asked for. */
  | 'option-refused'
  /** `close()` was called before. */
  | 'closed'
  /** Anything else the kernel answered; `errorNumber` says what. */
  | 'system-call-failed';

/** The message says what is wrong, then what to do. */
export class NetfilterQueueError extends Error {
  override readonly name = 'NetfilterQueueError';
  readonly code: NetfilterQueueErrorCode;
  /** The C library's errno; 0 where no system call failed. */
  readonly errorNumber: number;

  constructor(code: NetfilterQueueErrorCode, message: string, errorNumber = 0, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.errorNumber = errorNumber;
  }
}

/** `EPERM` for 1; the number itself where it has no name. */
export function errorName(errorNumber: number): string {
  return errorNumber > 0 ? getSystemErrorName(-errorNumber) : `error ${errorNumber}`;
}
