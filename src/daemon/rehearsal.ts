import type { Answering, Asker } from '../capture/answering.ts';
import { ETHERTYPE_IPV4, ETHERTYPE_IPV6 } from '../capture/ethertype.ts';
import { QueueLoop } from '../capture/queue-loop.ts';
import { askingBits, type MarkLayout, priorityTelling } from '../firewall/mark.ts';
import { NetfilterQueue, type QueueSocket, ReceiveArena, writtenPacketMessage } from '../netfilter-queue/index.ts';
import { MADE_UP_CONNECTIONS } from './made-up-connection.ts';
import { madeUpSegment } from './made-up-segment.ts';
import type { VerdictLines } from './verdict-lines.ts';

/** After about so many packets V8 compiles nothing more of what judges. */
const PACKETS = 14_000;
/**
 * So few that a packet that comes meanwhile waits for two milliseconds at the most. The first steps have fewer, from one
 * upwards: cold, a packet takes as long as fifteen will.
 */
const MOST_A_STEP = 15;
/** The same clients come again and again, as phones do, so that little is remembered of it all afterwards. */
export const CLIENTS = 48;
const MESSAGES = CLIENTS * MADE_UP_CONNECTIONS.reduce((sum, { says }) => sum + says.length, 0);
const FIRST_CLIENT_PORT = 1_024;
/** Spreads sequence numbers over 32 bits, as real ones are: half of them are no small integers to V8. */
const ODD = 0x9e3779b1;

const ETHERTYPE = { 4: ETHERTYPE_IPV4, 6: ETHERTYPE_IPV6 } as const;
/** Between interfaces that every box has: the loopback's index is 1. */
const FORWARDED = { hook: 2, inIndex: 1, outIndex: 1 };
const HARDWARE_ADDRESS = Uint8Array.of(2, 0, 0, 0, 0, 1);
/** The longest message, with room to spare. */
const DATAGRAM_BYTES = 1_024;

export interface RehearsalOptions {
  readonly answering: Answering;
  /** Whoever asks about real packets, but for where the answers go. */
  readonly askerOf: (verdicts: NetfilterQueue) => Asker;
  readonly marks: MarkLayout;
  /** Its clients' numbers count up from here: several workers have others, for they share what they know of devices. */
  readonly firstClient: number;
  /** Takes what the judge says. */
  readonly lines: VerdictLines;
  /** The judge's clock. */
  readonly monotonicMs: () => number;
}

/**
 * Has made-up connections judged while there are no real ones, so that V8 has compiled what reads a queue, judges and
 * writes verdicts before the first phones come: cold, a thousand connections cost twenty times as much. It has to be
 * the very judge, asked in the very way, for V8 compiles for the functions and objects it has seen and for who calls
 * them, and compiles anew when others come. So everything but the socket is as it is for phones.
 *
 * Nothing of it is seen outside: what it adds to the log is forgotten, its verdicts go nowhere, and its clients have
 * addresses that no packet can come from, so that what is remembered of them is of nobody.
 */
export class Rehearsal {
  readonly #lines: VerdictLines;
  readonly #loop: QueueLoop;
  readonly #socket: MadeUpSocket;

  constructor({ answering, askerOf, marks, firstClient, lines, monotonicMs }: RehearsalOptions) {
    this.#socket = new MadeUpSocket(madeUpMessages(marks, firstClient));
    this.#lines = lines;
    const queue = new NetfilterQueue(0, this.#socket);
    this.#loop = new QueueLoop({ queue, answering, asker: askerOf(queue), monotonicMs, onTick: () => {} });
  }

  get isOver(): boolean {
    return this.#socket.made >= PACKETS;
  }

  /** A few packets more. */
  step(): void {
    this.#lines.forget(() => this.#loop.turn(true));
  }
}

/** In the kernel's place: hands out the same messages over and over. */
class MadeUpSocket implements QueueSocket {
  /** Room for one datagram more than ever comes, so that the queue runs dry each time. */
  readonly arena = new ReceiveArena(MOST_A_STEP + 1, DATAGRAM_BYTES, () => 0);
  readonly closed = false;
  /** So many packets were handed out. */
  made = 0;
  /** Made as they are needed for the first time: nobody waits for all of them. */
  readonly #making: Iterator<Uint8Array>;
  readonly #messages: Uint8Array[] = [];
  #next = 0;
  #aStep = 0;

  constructor(messages: Iterator<Uint8Array>) {
    this.#making = messages;
  }

  receive(): number {
    this.#aStep = Math.min(this.#aStep + 1, MOST_A_STEP);
    for (let i = 0; i < this.#aStep; i += 1) {
      const made = this.#making.next();
      if (made.done !== true) this.#messages.push(made.value);
      const message = this.#messages[this.#next];
      this.#next = (this.#next + 1) % MESSAGES;
      if (message !== undefined) this.arena.put(i, message);
    }
    this.made += this.#aStep;
    return this.#aStep;
  }

  send(): number {
    return 0;
  }

  close(): void {}
}

/** Each asks about a packet of a connection whose handshake the kernel has seen. */
function* madeUpMessages(marks: MarkLayout, firstClient: number): Generator<Uint8Array> {
  let id = 0;
  for (let nth = 0; nth < CLIENTS; nth += 1) {
    const version = nth % 8 < 2 ? 6 : 4;
    // Virtual network cards leave the checksum to the last one; those of radio have checked it.
    const common = { protocol: ETHERTYPE[version], checksumReady: nth % 2 === 0, ...FORWARDED };
    for (const { port, says } of MADE_UP_CONNECTIONS) {
      const start = Math.imul(id + 1, ODD) >>> 0;
      const ends = {
        version,
        client: firstClient + nth,
        clientPort: FIRST_CLIENT_PORT + id,
        serverPort: port,
      } as const;
      const told = { priority: priorityTelling(start), ...common };
      for (const { known, flags, offset, payload } of says) {
        const tcp = { sequence: (start + offset) >>> 0, acknowledgement: ~start >>> 0, flags, payload };
        const segment = madeUpSegment(ends, tcp);
        yield writtenPacketMessage({ id, mark: askingBits(known, marks), ...told }, HARDWARE_ADDRESS, segment);
        id += 1;
      }
    }
  }
}
