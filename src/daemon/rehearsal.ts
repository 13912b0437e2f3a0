import type { HandshakeWatch } from '../capture/handshake-watch.ts';
import { FlowKey } from '../flow/flow-key.ts';
import type { HandshakeNotes } from '../flow/handshake-notes.ts';
import type { Arrival } from '../judge/arrival.ts';
import { FlowState } from '../judge/flow-state.ts';
import type { Judge } from '../judge/judge.ts';
import { Packet, readPacket } from '../packet/packet.ts';
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

export interface RehearsalOptions {
  readonly judge: Judge;
  /** Takes what the judge says. */
  readonly lines: VerdictLines;
  /** Where the judge learns where connections start. */
  readonly notes: HandshakeNotes;
  /** Is told of made-up packets as of real ones. */
  readonly handshakes: Pick<HandshakeWatch, 'packetsCame'>;
  /** That of the judge's keys. */
  readonly seed: number;
  /** The judge's clock. */
  readonly monotonicMs: () => number;
}

/**
 * Has the judge judge made-up connections while there are no real ones, so that V8 has compiled what judges and writes
 * verdicts before the first phones come: cold, a thousand connections cost twenty times as much. It has to be the very
 * judge, for V8 compiles for the functions and numbers it has seen, and compiles anew when others come.
 *
 * Nothing of it is seen outside: what it adds to the log is forgotten, and its client is the unspecified address, which
 * no packet comes from, so that what is remembered of it is of nobody.
 */
export class Rehearsal {
  readonly #options: RehearsalOptions;
  readonly #key: FlowKey;
  readonly #packet = new Packet();
  readonly #arrival: Arrival = {
    atMs: 0,
    known: FlowState.fresh,
    isReply: false,
    // A text made just now, as real names are: to V8 one that stands in the code is of another kind.
    inInterface: Buffer.from('rehearsal').toString('latin1'),
    sourceMacAt: 0,
    macBytes: Uint8Array.of(2, 0, 0, 0, 0, 1),
    epoch: 0,
  };
  #made = 0;

  constructor(options: RehearsalOptions) {
    this.#options = options;
    this.#key = new FlowKey(options.seed);
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

    this.#judge(madeUpSegment({ version, clientPort, serverPort: port }, clientStart, serverStart, client));
  }

  #judge(segment: Uint8Array): void {
    const { judge, handshakes, monotonicMs } = this.#options;
    handshakes.packetsCame();
    const fault = readPacket(segment, 0, segment.length, this.#packet);
    this.#noteStart();
    const arrival = this.#arrival;
    arrival.atMs = monotonicMs();
    arrival.epoch += 1;
    judge.judge(this.#packet, fault, arrival);
  }

  /** What a copy of the handshake would have said: the client's first byte is the packet's. */
  #noteStart(): void {
    const { notes } = this.#options;
    this.#key.read(this.#packet);
    notes.lock();
    notes.note(this.#key.hash, this.#packet.sequence);
    notes.unlock();
  }
}
