import { constants } from 'node:os';
import { NetfilterQueueError } from './error.ts';
import { bindLogMessage, type LoggedPacket, type LoggedPacketFields, readLogMessage } from './log-message.ts';
import { aligned, readAnswer } from './netlink-message.ts';
import { NetlinkSocket, systemCallFailed } from './netlink-socket.ts';
import { MESSAGE_OVERHEAD_BYTES } from './packet-message.ts';
import { logRefused } from './refusal.ts';

export interface LogOptions {
  /** The number in the firewall rule (`--nflog-group`, `log group`), 0 to 65535. */
  readonly group: number;
  /** How much of each packet is copied, from its network header on. */
  readonly copyRangeBytes: number;
  /** The socket's receive buffer; copies that find it full are lost. */
  readonly receiveBufferBytes: number;
  /** How many copies one system call may bring. */
  readonly batch: number;
}

const BIND_SEQUENCE = 1;
const { ENOBUFS } = constants.errno;

/** One group of the kernel's nfnetlink_log: copies of packets that went their way without waiting for anybody. */
export class NetfilterLog {
  readonly #socket: NetlinkSocket;
  readonly #batch: number;
  readonly #slots: readonly LoggedPacketFields[];
  readonly #packets: LoggedPacketFields[];
  #packetCount = 0;
  #drained = true;
  #hasOverflowed = false;

  /** Binds the group. @throws NetfilterQueueError; its `code` says why. */
  static open(options: LogOptions): NetfilterLog {
    const log = new NetfilterLog(options, undefined);
    try {
      log.#bind(options);
    } catch (error) {
      log.close();
      throw error;
    }
    return log;
  }

  /** The same open group for another thread: a copy goes to whoever polls first. */
  static attach(socket: number, options: LogOptions): NetfilterLog {
    return new NetfilterLog(options, socket);
  }

  private constructor(options: LogOptions, fd: number | undefined) {
    this.#batch = options.batch;
    this.#socket = new NetlinkSocket({
      batch: options.batch,
      datagramBytes: aligned(options.copyRangeBytes + MESSAGE_OVERHEAD_BYTES),
      receiveBufferBytes: options.receiveBufferBytes,
      receiveTimeoutMs: 1,
      tellsOverflow: true,
      ...(fd === undefined ? {} : { fd }),
    });
    this.#slots = this.#socket.arena.datagrams.map((bytes) => ({ bytes, start: 0, end: 0 }));
    this.#packets = [...this.#slots];
  }

  /** What `attach` takes. */
  get socket(): number {
    return this.#socket.fd;
  }

  #bind({ group, copyRangeBytes }: LogOptions): void {
    const message = bindLogMessage(group, BIND_SEQUENCE, copyRangeBytes);
    const sent = this.#socket.send(message, message.length);
    if (sent < 0) throw systemCallFailed('send', -sent);
    // The kernel works a request off within the send; copies come only to a bound group, so they are an answer too.
    const count = this.#socket.receive(false);
    const first = this.#socket.arena.views[0];
    if (count <= 0 || first === undefined) {
      throw new NetfilterQueueError('system-call-failed', "the kernel did not answer: see the kernel's log (dmesg)");
    }
    const answer = readAnswer(first, 0, this.#socket.arena.receivedBytes(0));
    if (answer !== null && answer.errorNumber !== 0) throw logRefused(group, answer.errorNumber);
  }

  /** Takes what has come, at most one batch, without waiting. @returns how many packets there are now for `packet`. */
  poll(): number {
    const received = this.#socket.receive(false);
    this.#hasOverflowed ||= received === -ENOBUFS;
    this.#drained = received < this.#batch && received !== -ENOBUFS;
    this.#packetCount = 0;
    for (let index = 0; index < received; index += 1) {
      const slot = this.#slots[index];
      const view = this.#socket.arena.views[index];
      if (slot === undefined || view === undefined) break;
      if (readLogMessage(view, this.#socket.arena.receivedBytes(index), slot) !== 'packet') continue;
      this.#packets[this.#packetCount] = slot;
      this.#packetCount += 1;
    }
    return this.#packetCount;
  }

  /** Whether copies were lost, for want of room in the receive buffer, since this was last asked. */
  takeOverflow(): boolean {
    const hasOverflowed = this.#hasOverflowed;
    this.#hasOverflowed = false;
    return hasOverflowed;
  }

  /** Whether the last poll took in all there was: it brought less than a full batch. */
  get drained(): boolean {
    return this.#drained;
  }

  /** A packet of the last batch. @throws RangeError where there is none. */
  packet(index: number): LoggedPacket {
    const packet = this.#packets[index];
    if (packet === undefined || index >= this.#packetCount) throw new RangeError(`there is no packet ${index}`);
    return packet;
  }

  /** Gives the group back, unless another thread opened it. */
  close(): void {
    this.#socket.close();
  }
}
