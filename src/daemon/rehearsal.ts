import type { Policy } from '../classify/policy.ts';
import { DISSECTORS } from '../dissect/dissectors.ts';
import type { Arrival } from '../judge/arrival.ts';
import { ChatDevices } from '../judge/chat-devices.ts';
import { FlowState } from '../judge/flow-state.ts';
import { Judge } from '../judge/judge.ts';
import type { VerdictRecord } from '../judge/verdict-record.ts';
import { Packet, readPacket } from '../packet/packet.ts';
import { MADE_UP_CONNECTIONS, type MadeUpConnection } from './made-up-connection.ts';
import { madeUpSegment } from './made-up-segment.ts';
import { VerdictLines } from './verdict-lines.ts';

/** After about so many V8 compiles nothing more of what judges. */
const CONNECTIONS = 6_000;
/** So few that a packet that comes meanwhile waits for two milliseconds at the most. */
const CONNECTIONS_A_STEP = 20;
/** Small: nobody reads them, and they are memory. */
const BUNDLE_BYTES = 64 * 1024;
const FIRST_CLIENT_PORT = 1_024;
/**
 * V8 compiles for the kinds of number it has seen, and compiles anew when others come: sequence numbers beyond 31 bits
 * and times with fractions, as real packets have them, are no small integers to it.
 */
const CLIENT_START = 0xf000_0001;
const SERVER_START = 0xe000_0001;
const MS_PER_CONNECTION = 0.3;

/**
 * Judges made-up connections while there are no real ones, so that V8 has compiled what judges and writes verdicts
 * before the first phones come: cold, a thousand connections cost twenty times as much. The judge and its log are of
 * its own; nothing it does can be seen outside.
 */
export class Rehearsal {
  readonly #judge: Judge;
  readonly #lines: VerdictLines;
  readonly #packet = new Packet();
  readonly #arrival: Arrival = {
    atMs: 0,
    known: FlowState.fresh,
    isReply: false,
    inInterface: 'rehearsal',
    sourceMacAt: 0,
    macBytes: Uint8Array.of(2, 0, 0, 0, 0, 1),
    epoch: 0,
  };
  #made = 0;

  /**
   * @param firstFlowId that of the judge whose work is rehearsed: a number of its kind.
   * @param onVerdict is told of every verdict, which is nobody's business otherwise.
   */
  constructor(policy: Policy, firstFlowId: number, onVerdict: (record: VerdictRecord) => void = () => {}) {
    const spare: Uint8Array<ArrayBuffer>[] = [];
    this.#lines = new VerdictLines(
      () => Date.now(),
      (message) => {
        if (message.kind === 'lines') spare.push(new Uint8Array(message.bytes.buffer));
      },
      () => spare.pop() ?? null,
      BUNDLE_BYTES,
    );
    this.#judge = new Judge({
      policy,
      dissectors: DISSECTORS,
      devices: new ChatDevices(ChatDevices.memory()),
      seed: 1,
      firstFlowId,
      settledIdleMs: 0,
      startOf: () => CLIENT_START,
      report: 'as-given',
      onVerdict: (record) => {
        this.#lines.add(record);
        onVerdict(record);
      },
    });
  }

  /** A few connections more. @returns false once there have been enough. */
  step(): boolean {
    for (let i = 0; i < CONNECTIONS_A_STEP; i += 1) this.#connect(this.#made + i);
    this.#made += CONNECTIONS_A_STEP;
    this.#judge.tick(this.#made * MS_PER_CONNECTION);
    this.#lines.flushIfDue();
    return this.#made < CONNECTIONS;
  }

  #connect(index: number): void {
    const connection = MADE_UP_CONNECTIONS[index % MADE_UP_CONNECTIONS.length];
    if (connection === undefined) return;
    const version = index % 8 === 0 ? 6 : 4;
    this.#say(connection, 'client', version, FIRST_CLIENT_PORT + index);
    if (connection.server !== null) this.#say(connection, 'server', version, FIRST_CLIENT_PORT + index);
  }

  #say({ port, client, server }: MadeUpConnection, sender: 'client' | 'server', version: 4 | 6, clientPort: number) {
    const ends = { version, clientPort, serverPort: port, sender };
    const bytes =
      sender === 'client'
        ? madeUpSegment(ends, CLIENT_START, SERVER_START, client)
        : madeUpSegment(ends, SERVER_START, CLIENT_START + client.length, server ?? new Uint8Array(0));
    const arrival = this.#arrival;
    arrival.atMs = this.#made * MS_PER_CONNECTION;
    arrival.epoch += 1;
    arrival.isReply = sender === 'server';
    arrival.known = sender === 'server' ? FlowState.pending : FlowState.fresh;
    this.#judge.judge(this.#packet, readPacket(bytes, 0, bytes.length, this.#packet), arrival);
  }
}
