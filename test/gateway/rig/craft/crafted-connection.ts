import { isIPv6 } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { phoneAddress } from '../addresses.ts';
import { type Report, report } from '../agent-protocol.ts';
import { RawSocket } from './raw-socket.ts';
import { ACK, FIN, PSH, packetOf, RST, readSegment, type SeenSegment, type Segment, SYN } from './segment.ts';

/** A TCP connection whose every segment is written by hand. Offsets count payload bytes from the first. */
export interface CraftedRun {
  readonly address: string;
  readonly port: number;
  /** 40000–40999, where the phone's kernel keeps still. */
  readonly sourcePort: number;
  readonly steps: readonly CraftedStep[];
}

export type CraftedStep =
  /** SYN, then the last ACK once the server has answered: within a second unless told otherwise. `data` rides on the SYN. */
  | {
      readonly kind: 'handshake';
      readonly data?: Uint8Array;
      readonly options?: Uint8Array;
      readonly timeoutMs?: number;
    }
  | {
      readonly kind: 'segment';
      readonly offset: number;
      readonly bytes: Uint8Array;
      /** PSH and ACK unless told otherwise. */
      readonly flags?: number;
      /** 64 unless told otherwise. 2 passes the gateway and dies at the provider. */
      readonly ttl?: number;
      readonly badChecksum?: boolean;
      /** TCP options, a multiple of four bytes. */
      readonly options?: Uint8Array;
      /** Added to the sequence number: leaves the window. */
      readonly outOfWindow?: number;
    }
  /** Sent by the phone in the server's name, to itself: the server's first bytes, if anybody believes it. */
  | { readonly kind: 'forged-answer'; readonly bytes: Uint8Array; readonly acknowledged: number }
  /** Hears and acknowledges until `atLeast` bytes have come in all, the server ends or resets, or time is up. */
  | { readonly kind: 'read'; readonly atLeast: number; readonly timeoutMs: number };

const HANDSHAKE_MS = 1000;
const POLL_MS = 2;
const FIRST_SEQUENCE = 1_000_000;
const DEFAULT_TTL = 64;
const NOTHING = new Uint8Array(0);

/** Plays a run; the report tells what the server sent, how often it reset and how far it acknowledged. */
export async function runCrafted(run: CraftedRun): Promise<Report> {
  const connection = new CraftedConnection(run);
  try {
    for (const step of run.steps) {
      if (step.kind === 'segment') connection.sendStep(step);
      else if (step.kind === 'forged-answer') connection.forge(step);
      else if (step.kind === 'read')
        await connection.hear(step.timeoutMs, () => connection.received.length >= step.atLeast);
      else if (!(await connection.handshake(step))) return report({ ...connection.summary(), error: 'TIMEOUT' });
    }
    return report(connection.summary());
  } finally {
    connection.abandon();
  }
}

class CraftedConnection {
  received: Buffer = Buffer.alloc(0);
  readonly #run: CraftedRun;
  readonly #raw: RawSocket;
  #theirFirst: number | null = null;
  #acknowledged = 0;
  #resets = 0;
  #ended = false;

  constructor(run: CraftedRun) {
    this.#run = run;
    this.#raw = new RawSocket(run.address);
  }

  summary(): Partial<Report> {
    return {
      bytes: new Uint8Array(this.received),
      ended: this.#ended,
      resets: this.#resets,
      acknowledged: this.#acknowledged,
    };
  }

  async handshake({ data, options, timeoutMs }: Extract<CraftedStep, { kind: 'handshake' }>): Promise<boolean> {
    this.#send({ sequence: FIRST_SEQUENCE, flags: SYN, payload: data ?? NOTHING, options: options ?? NOTHING });
    await this.hear(timeoutMs ?? HANDSHAKE_MS, () => this.#theirFirst !== null);
    if (this.#theirFirst === null) return false;
    this.#acknowledge();
    return true;
  }

  sendStep(step: Extract<CraftedStep, { kind: 'segment' }>): void {
    this.#send({
      sequence: FIRST_SEQUENCE + 1 + step.offset + (step.outOfWindow ?? 0),
      flags: step.flags ?? PSH | ACK,
      payload: step.bytes,
      ttl: step.ttl ?? DEFAULT_TTL,
      badChecksum: step.badChecksum ?? false,
      options: step.options ?? NOTHING,
    });
  }

  forge({ bytes, acknowledged }: Extract<CraftedStep, { kind: 'forged-answer' }>): void {
    const { address, port, sourcePort } = this.#run;
    this.#send({
      source: address,
      destination: phoneAddress(isIPv6(address) ? 'IPv6' : 'IPv4'),
      sourcePort: port,
      destinationPort: sourcePort,
      sequence: this.#theirFirst ?? 0,
      acknowledgment: FIRST_SEQUENCE + 1 + acknowledged,
      flags: PSH | ACK,
      payload: bytes,
    });
  }

  async hear(timeoutMs: number, enough: () => boolean): Promise<void> {
    const until = performance.now() + timeoutMs;
    while (performance.now() < until) {
      for (let bytes = this.#raw.receive(); bytes !== null; bytes = this.#raw.receive()) this.#take(readSegment(bytes));
      if (enough() || this.#ended || this.#resets > 0) return;
      await sleep(POLL_MS);
    }
  }

  /** Lets the server forget the connection at once. */
  abandon(): void {
    this.#send({ sequence: FIRST_SEQUENCE + 1 + this.#acknowledged, flags: RST | ACK, payload: NOTHING });
    this.#raw.close();
  }

  #take(segment: SeenSegment): void {
    if (segment.sourcePort !== this.#run.port || segment.destinationPort !== this.#run.sourcePort) return;
    if ((segment.flags & RST) !== 0) {
      this.#resets += 1;
      return;
    }
    if ((segment.flags & SYN) !== 0) this.#theirFirst = (segment.sequence + 1) >>> 0;
    if (this.#theirFirst === null) return;
    const acknowledged = (segment.acknowledgment - FIRST_SEQUENCE - 1) | 0;
    this.#acknowledged = Math.max(this.#acknowledged, acknowledged);
    if ((segment.flags & SYN) !== 0) return;
    const offset = (segment.sequence - this.#theirFirst) | 0;
    const fresh = segment.payload.subarray(Math.max(0, this.received.length - offset));
    if (offset <= this.received.length && fresh.length > 0) this.received = Buffer.concat([this.received, fresh]);
    if ((segment.flags & FIN) !== 0) this.#ended = true;
    if (segment.payload.length > 0) this.#acknowledge();
  }

  #acknowledge(): void {
    this.#send({ sequence: FIRST_SEQUENCE + 1 + this.#acknowledged, flags: ACK, payload: NOTHING });
  }

  /** The client's, but for what is said otherwise. */
  #send(part: Pick<Segment, 'sequence' | 'flags' | 'payload'> & Partial<Segment>): void {
    const { address, port, sourcePort } = this.#run;
    this.#raw.send(
      packetOf({
        source: phoneAddress(isIPv6(address) ? 'IPv6' : 'IPv4'),
        destination: address,
        sourcePort,
        destinationPort: port,
        acknowledgment: (part.flags & ACK) === 0 ? 0 : (this.#theirFirst ?? 0) + this.received.length,
        ttl: DEFAULT_TTL,
        badChecksum: false,
        options: NOTHING,
        ...part,
      }),
    );
  }
}
