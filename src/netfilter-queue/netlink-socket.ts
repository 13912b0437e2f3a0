import { constants } from 'node:os';
import { errorName, NetfilterQueueError } from './error.ts';
import { type Libc, loadLibc } from './libc.ts';
import { ReceiveArena } from './receive-arena.ts';

/** Source: bits/socket.h, asm-generic/socket.h, linux/netlink.h; the same numbers on x86_64 and arm64. */
const AF_NETLINK = 16;
const NETLINK_NETFILTER = 12;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
const SO_RCVTIMEO = 20;
const SO_RCVBUFFORCE = 33;
const SOL_NETLINK = 270;
const NETLINK_NO_ENOBUFS = 5;
const MSG_DONTWAIT = 0x40;
const MSG_WAITFORONE = 0x10000;

/** struct sockaddr_nl: family, padding, port id, groups. All zero but the family: the kernel. */
const ADDRESS_BYTES = 12;
export interface SocketOptions {
  /** The most datagrams taken in by one call. */
  readonly batch: number;
  /** The longest datagram that is received whole. */
  readonly datagramBytes: number;
  readonly receiveBufferBytes: number;
  readonly receiveTimeoutMs: number;
}

/** What a queue's messages come from, and its verdicts go to. */
export interface QueueSocket {
  /** What the last `receive` brought; as many datagrams as one call may bring. */
  readonly arena: Pick<ReceiveArena, 'datagrams' | 'views' | 'receivedBytes'>;
  readonly closed: boolean;
  /**
   * Takes in what has arrived, at most one batch; with `wait`, waits for the first datagram until the timeout.
   * @returns how many datagrams, or the errno, negated.
   */
  receive(wait: boolean): number;
  /** Hands over one datagram, of one or more messages. @returns 0, or the errno, negated. */
  send(bytes: Uint8Array, byteCount: number): number;
  close(): void;
}

/** Opens a socket to whoever is to be asked. */
export type Connect = (options: SocketOptions) => QueueSocket;

/** To the kernel's netfilter. @throws NetfilterQueueError */
export const connectKernel: Connect = (options) => new NetlinkSocket(options);

/** A NETLINK_NETFILTER socket that speaks with the kernel alone. */
class NetlinkSocket implements QueueSocket {
  readonly arena: ReceiveArena;
  readonly #libc: Libc;
  readonly #batch: number;
  #fd: number;
  /** What was sent last, and where it is: nearly always the same verdicts' memory. */
  #sent: Uint8Array = new Uint8Array(0);
  #sentAt = 0;

  /** @throws NetfilterQueueError `unsupported-platform`, `no-kernel-support` or `system-call-failed`. */
  constructor(options: SocketOptions) {
    const libc = loadLibc();
    this.#libc = libc;
    this.#batch = options.batch;
    this.arena = new ReceiveArena(options.batch, options.datagramBytes, libc.address);
    this.#fd = openSocket(libc);
    try {
      this.#configure(options);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  #configure({ receiveBufferBytes, receiveTimeoutMs }: SocketOptions): void {
    const kernel = new Uint8Array(ADDRESS_BYTES);
    new DataView(kernel.buffer).setUint16(0, AF_NETLINK, true);
    this.#demand('bind', this.#libc.bind(this.#fd, kernel, ADDRESS_BYTES));
    // A connected socket refuses datagrams from anyone but its peer.
    this.#demand('connect', this.#libc.connect(this.#fd, kernel, ADDRESS_BYTES));

    const bufferBytes = int32(receiveBufferBytes);
    if (this.#setOption(SOL_SOCKET, SO_RCVBUFFORCE, bufferBytes) < 0) {
      this.#demand('setsockopt SO_RCVBUF', this.#setOption(SOL_SOCKET, SO_RCVBUF, bufferBytes));
    }
    // Without it an overflow (already counted per queue by the kernel) would also stop the next receive.
    this.#setOption(SOL_NETLINK, NETLINK_NO_ENOBUFS, int32(1));
    this.#demand('setsockopt SO_RCVTIMEO', this.#setOption(SOL_SOCKET, SO_RCVTIMEO, timeval(receiveTimeoutMs)));
  }

  #setOption(level: number, name: number, value: Uint8Array): number {
    return this.#libc.setsockopt(this.#fd, level, name, value, value.length);
  }

  #demand(call: string, result: number): void {
    if (result < 0) throw systemCallFailed(call, this.#libc.errno());
  }

  get closed(): boolean {
    return this.#fd < 0;
  }

  receive(wait: boolean): number {
    const flags = wait ? MSG_WAITFORONE : MSG_DONTWAIT;
    const count = this.#libc.recvmmsg(this.#fd, this.arena.headersAt, this.#batch, flags, 0);
    return count < 0 ? -this.#libc.errno() : count;
  }

  send(bytes: Uint8Array, byteCount: number): number {
    if (bytes !== this.#sent) {
      this.#sentAt = this.#libc.address(bytes.buffer) + bytes.byteOffset;
      this.#sent = bytes;
    }
    const sent = this.#libc.send(this.#fd, this.#sentAt, byteCount, MSG_DONTWAIT);
    return sent < 0 ? -this.#libc.errno() : 0;
  }

  close(): void {
    if (this.#fd < 0) return;
    this.#libc.close(this.#fd);
    this.#fd = -1;
  }
}

export function systemCallFailed(call: string, errorNumber: number): NetfilterQueueError {
  return new NetfilterQueueError(
    'system-call-failed',
    `the netfilter socket: ${call} failed with ${errorName(errorNumber)}; see "man 7 netlink" for what it means`,
    errorNumber,
  );
}

function openSocket(libc: Libc): number {
  const fd = libc.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
  if (fd >= 0) return fd;
  const errorNumber = libc.errno();
  if (errorNumber === constants.errno.EPROTONOSUPPORT || errorNumber === constants.errno.EAFNOSUPPORT) {
    throw new NetfilterQueueError(
      'no-kernel-support',
      'this kernel has no nfnetlink: load the modules with "modprobe nfnetlink_queue", or use a kernel built with ' +
        'CONFIG_NETFILTER_NETLINK_QUEUE',
      errorNumber,
    );
  }
  throw systemCallFailed('socket', errorNumber);
}

function int32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value, true);
  return bytes;
}

/** struct timeval, 64-bit: seconds and microseconds. */
function timeval(ms: number): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setBigInt64(0, BigInt(Math.trunc(ms / 1000)), true);
  view.setBigInt64(8, BigInt((ms % 1000) * 1000), true);
  return bytes;
}
