import type { Answering, Asker } from '../capture/answering.ts';
import { FlowState } from '../judge/flow-state.ts';
import { emptyPacket, type QueuedPacket } from '../netfilter-queue/index.ts';
import { MADE_UP_CONNECTIONS } from './made-up-connection.ts';
import { madeUpSegment } from './made-up-segment.ts';
import type { VerdictLines } from './verdict-lines.ts';

/** After about so many V8 compiles nothing more of what judges. */
const CONNECTIONS = 6_000;
/** So few that a packet that comes meanwhile waits for two milliseconds at the most. */
const CONNECTIONS_A_STEP = 20;
const FIRST_CLIENT_PORT = 1_024;
/** Used again and again, as ports are, so that little is remembered of it all afterwards. */
const CLIENT_PORTS = 60;
/** Spreads sequence numbers over 32 bits, as real ones are: half of them are no small integers to V8. */
const ODD = 0x9e3779b1;
/** In front of the packet, as in the messages of a queue. */
const HARDWARE_ADDRESS = Uint8Array.of(2, 0, 0, 0, 0, 1);

export interface RehearsalOptions {
  readonly answering: Answering;
  /** Who asks about real packets. */
  readonly asker: Asker;
  /** Takes what the judge says. */
  readonly lines: VerdictLines;
  /** The judge's clock. */
  readonly monotonicMs: () => number;
}

/**
 * Has the judge judge made-up connections while there are no real ones, so that V8 has compiled what judges and writes
 * verdicts before the first phones come: cold, a thousand connections cost twenty times as much. It has to be the very
 * judge, asked in the very way, for V8 compiles for the functions and objects it has seen and for who calls them, and
 * compiles anew when others come.
 *
 * Nothing of it is seen outside: what it adds to the log is forgotten, its verdicts go nowhere, and its client is the
 * unspecified address, which no packet comes from, so that what is remembered of it is of nobody.
 */
export class Rehearsal {
  readonly #options: RehearsalOptions;
  readonly #asker: Asker;
  #made = 0;

  constructor(options: RehearsalOptions) {
    this.#options = options;
    // A text made just now, as real names are: to V8 one that stands in the code is of another kind.
    const inInterface = Buffer.from('rehearsal').toString('latin1');
    this.#asker = {
      questions: {
        ...options.asker.questions,
        stateOf: () => FlowState.fresh,
        isReply: () => false,
        clientStartOf: (priority) => priority,
      },
      verdicts: { accept: () => {}, repeat: () => {}, drop: () => {} },
      interfaceName: () => inInterface,
    };
  }

  get isOver(): boolean {
    return this.#made >= CONNECTIONS;
  }

  /** A few connections more. */
  step(): void {
    this.#options.lines.forget(() => {
      for (let i = 0; i < CONNECTIONS_A_STEP; i += 1) this.#connect(this.#made + i);
    });
    this.#made += CONNECTIONS_A_STEP;
  }

  #connect(index: number): void {
    const connection = MADE_UP_CONNECTIONS[index % MADE_UP_CONNECTIONS.length];
    if (connection === undefined) return;
    const { port, client } = connection;
    const clientPort = FIRST_CLIENT_PORT + (index % CLIENT_PORTS);
    const version = index % 8 === 0 ? 6 : 4;
    const clientStart = Math.imul(index, ODD) >>> 0;
    const serverStart = ~clientStart >>> 0;
    const segment = madeUpSegment({ version, clientPort, serverPort: port }, clientStart, serverStart, client);
    const { answering, monotonicMs } = this.#options;
    answering.queueRanDry();
    answering.answer(queued(segment, clientStart), this.#asker, monotonicMs());
  }
}

/** Of the same kind as those of a queue; its priority tells where its stream starts. */
function queued(segment: Uint8Array, clientStart: number): QueuedPacket {
  const start = HARDWARE_ADDRESS.length;
  const bytes = new Uint8Array(start + segment.length);
  bytes.set(HARDWARE_ADDRESS);
  bytes.set(segment, start);
  const packet = emptyPacket(bytes);
  packet.priority = clientStart;
  packet.start = start;
  packet.end = bytes.length;
  packet.hardwareAddressEnd = start;
  return packet;
}
