import { constants } from 'node:os';
import { bindMessage, probeMessage, unbindMessage } from './config-message.ts';
import { type Counters, zeroCounters } from './counters.ts';
import { NetfilterQueueError } from './error.ts';
import { type Answer, aligned, readAnswer } from './netlink-message.ts';
import { connectKernel, type QueueSocket, systemCallFailed } from './netlink-socket.ts';
import { checkOptions, type QueueOptions } from './options.ts';
import { MESSAGE_OVERHEAD_BYTES, readMessage } from './packet-message.ts';
import { type QueueStatus, readQueueStatus } from './queue-status.ts';
import { emptyPacket, type PacketFields, type QueuedPacket } from './queued-packet.ts';
import { bindRefused, probeRefused } from './refusal.ts';
import { NF_ACCEPT, NF_DROP, NF_REPEAT, VerdictBuffer, type VerdictCode } from './verdict-buffer.ts';

const PROBE_SEQUENCE = 1;
const BIND_SEQUENCE = 2;
/** Verdicts and the farewell carry none: they are answered only when refused. */
const NO_SEQUENCE = 0;

/** Room for the verdicts on one batch, and for as many on packets held from earlier ones. */
const BATCHES_OF_VERDICTS = 2;

const { EAGAIN, EINTR, ENOBUFS, ENOMEM } = constants.errno;

/** One queue of the kernel's nfnetlink_queue, bound for as long as it is open. */
export class NetfilterQueue {
  readonly queue: number;
  readonly counters: Readonly<Counters>;
  readonly #counters = zeroCounters();
  readonly #socket: QueueSocket;
  readonly #arena: QueueSocket['arena'];
  readonly #verdicts: VerdictBuffer;
  readonly #batch: number;
  /** One for each datagram of a batch. */
  readonly #slots: readonly PacketFields[];
  /** Those of the slots that hold a packet, in order of arrival; only the first `#packetCount` are of this batch. */
  readonly #packets: PacketFields[];
  #packetCount = 0;
  #drained = true;
  /** Whether `#packets` came in while `open` waited for an answer and is still to be handed out. */
  #early = false;
  #answer: Answer | null = null;

  /**
   * Binds the queue: from now on its packets wait for this object's verdicts.
   * @param connect for tests that stand in for the kernel.
   * @throws NetfilterQueueError; its `code` says why.
   */
  static open(options: QueueOptions, connect = connectKernel): NetfilterQueue {
    const complete = checkOptions(options);
    const socket = connect({
      batch: complete.batch,
      datagramBytes: aligned(complete.copyRangeBytes + MESSAGE_OVERHEAD_BYTES),
      receiveBufferBytes: complete.receiveBufferBytes,
      receiveTimeoutMs: complete.receiveTimeoutMs,
    });
    const queue = new NetfilterQueue(complete.queue, socket);
    try {
      queue.#bind(complete);
    } catch (error) {
      queue.#socket.close();
      throw error;
    }
    return queue;
  }

  /** A queue that is bound already, by whatever brings its messages: the kernel, or someone who stands in for it. */
  constructor(queue: number, socket: QueueSocket) {
    this.queue = queue;
    this.counters = this.#counters;
    this.#socket = socket;
    this.#arena = socket.arena;
    this.#batch = socket.arena.datagrams.length;
    this.#verdicts = new VerdictBuffer(queue, this.#batch * BATCHES_OF_VERDICTS);
    this.#slots = socket.arena.datagrams.map(emptyPacket);
    this.#packets = [...this.#slots];
  }

  #bind(options: Required<QueueOptions>): void {
    const probed = this.#ask(probeMessage(PROBE_SEQUENCE), PROBE_SEQUENCE);
    if (probed !== 0) throw probeRefused(probed);
    const bound = this.#ask(bindMessage(options.queue, BIND_SEQUENCE, options), BIND_SEQUENCE);
    if (bound !== 0) throw bindRefused(options.queue, bound);
  }

  /** @returns the errno the kernel answers with, or 0. */
  #ask(request: Uint8Array, sequence: number): number {
    const sent = this.#socket.send(request, request.length);
    if (sent < 0) throw systemCallFailed('send', -sent);
    // The kernel works a request off within the send, so that its answer is here already.
    this.#take(false);
    this.#early = this.#packetCount > 0;
    if (this.#answer?.sequence === sequence) return this.#answer.errorNumber;
    // Packets come to a bound queue only; having overtaken the answer they are the answer.
    if (this.#early) return 0;
    throw new NetfilterQueueError('system-call-failed', "the kernel did not answer: see the kernel's log (dmesg)");
  }

  /**
   * Sends the buffered verdicts, then takes in packets; with `wait`, waits for the first, at most `receiveTimeoutMs`.
   * The packets of the last batch are gone with this call; what is needed of them must have been copied.
   * @returns how many packets there are now for `packet`; 0 also when only something else arrived.
   * @throws NetfilterQueueError `closed`, or `system-call-failed` when the socket no longer works.
   */
  receive(wait = true): number {
    if (this.#verdicts.count > 0) this.flush();
    if (this.#early) this.#early = false;
    else this.#take(wait);
    this.#counters.received += this.#packetCount;
    return this.#packetCount;
  }

  /** Whether the last receive took in all there was: it brought less than a full batch. */
  get drained(): boolean {
    return this.#drained;
  }

  /**
   * A packet of the last batch.
   * @throws RangeError when `index` is not below what the last receive returned.
   */
  packet(index: number): QueuedPacket {
    const packet = this.#packets[index];
    if (packet === undefined || index >= this.#packetCount) {
      throw new RangeError(`there is no packet ${index} in a batch of ${this.#packetCount}`);
    }
    return packet;
  }

  /** Lets the packet pass, now or in a later batch. `mark` (32 bits) replaces its packet mark. Buffered. */
  accept(id: number, mark?: number): void {
    this.#counters.accepted += 1;
    this.#decide(id, NF_ACCEPT, mark);
  }

  /**
   * Sends the packet through the chain that queued it once more, from its first rule on, with this mark and priority
   * (32 bits each): a rule there has to know the packet by them, or else it is queued for ever. Buffered. Counted among
   * those accepted. Kernels before 5.18 leave the priority as it is.
   */
  repeat(id: number, mark: number, priority: number): void {
    this.#counters.accepted += 1;
    this.#decide(id, NF_REPEAT, mark, priority);
  }

  /** Drops the packet, now or in a later batch. Buffered. */
  drop(id: number): void {
    this.#counters.dropped += 1;
    this.#decide(id, NF_DROP);
  }

  #decide(id: number, verdict: VerdictCode, mark?: number, priority?: number): void {
    if (this.#verdicts.full && !this.flush()) this.#counters.lostVerdicts += 1;
    else this.#verdicts.add(id, verdict, mark, priority);
  }

  /** Sends the buffered verdicts, all at once. @returns false when the kernel took none; they stay buffered. */
  flush(): boolean {
    if (this.#verdicts.count === 0) return true;
    if (this.#socket.closed || this.#socket.send(this.#verdicts.bytes, this.#verdicts.usedBytes) < 0) {
      this.#counters.sendFailures += 1;
      return false;
    }
    this.#verdicts.clear();
    return true;
  }

  /** What the kernel says of this queue, its own drops among it; null where it does not say. Reads a file. */
  status(): QueueStatus | null {
    return readQueueStatus(this.queue);
  }

  /** Sends the buffered verdicts and gives the queue back; the kernel drops every packet that still waits. */
  close(): void {
    if (this.#socket.closed) return;
    this.flush();
    const farewell = unbindMessage(this.queue, NO_SEQUENCE);
    this.#socket.send(farewell, farewell.length);
    this.#socket.close();
    this.#packetCount = 0;
  }

  #take(wait: boolean): void {
    if (this.#socket.closed) {
      throw new NetfilterQueueError('closed', `queue ${this.queue} has been closed: open it again to receive`);
    }
    this.#packetCount = 0;
    this.#drained = true;
    const count = this.#socket.receive(wait);
    if (count < 0) {
      this.#receiveFailed(-count);
      return;
    }
    this.#drained = count < this.#batch;
    for (let index = 0; index < count; index += 1) this.#read(index);
  }

  #receiveFailed(errorNumber: number): void {
    if (errorNumber === EAGAIN || errorNumber === EINTR) return;
    if (errorNumber === ENOBUFS || errorNumber === ENOMEM) {
      this.#counters.overflows += 1;
      this.#drained = false;
      return;
    }
    throw systemCallFailed('recvmmsg', errorNumber);
  }

  #read(index: number): void {
    const slot = this.#slots[index];
    const view = this.#arena.views[index];
    if (slot === undefined || view === undefined) return;
    const end = this.#arena.receivedBytes(index);
    switch (readMessage(view, 0, end, slot)) {
      case 'packet':
        this.#packets[this.#packetCount] = slot;
        this.#packetCount += 1;
        break;
      case 'broken':
        // Undecidable, and held by the kernel until someone says so.
        this.#counters.malformed += 1;
        this.drop(slot.id);
        break;
      case 'answer':
        this.#readAnswer(view, end);
        break;
      default:
        this.#counters.malformed += 1;
    }
  }

  #readAnswer(view: DataView, end: number): void {
    const answer = readAnswer(view, 0, end);
    if (answer === null) this.#counters.malformed += 1;
    else if (answer.sequence !== NO_SEQUENCE) this.#answer = answer;
    else if (answer.errorNumber !== 0) this.#counters.refusedVerdicts += 1;
  }
}
