import { compilePolicy } from '../../src/classify/rules-in-force.ts';
import { defaultPolicy } from '../../src/cli/policy-file.ts';
import type { Arrival } from '../../src/judge/arrival.ts';
import { FlowState } from '../../src/judge/flow-state.ts';
import type { Judge } from '../../src/judge/judge.ts';
import type { VerdictRecord } from '../../src/judge/verdict-record.ts';
import { Packet, readPacket } from '../../src/packet/packet.ts';
import { buildPacket, type PacketParts } from '../packet/build-packet.ts';
import { gatewayJudge } from './gateway-judge.ts';
import { beginsServerHello } from './server-hello.ts';

export type Fate = 'passed' | 'dropped';

/** What the shipped policy allows. */
export function shippedPolicy() {
  const reading = defaultPolicy();
  if (reading.kind !== 'read') throw new Error('the shipped packs cannot be read');
  return compilePolicy(reading.policy.settings, reading.policy.packs);
}

const POLICY = shippedPolicy();
const PHONE = { '4': '10.0.0.2', '6': 'fd00::2' } as const;
const SERVER = { '4': '203.0.113.5', '6': '2001:db8::5' } as const;

export interface ModelOptions {
  readonly family?: '4' | '6';
  readonly protocol?: 6 | 17;
  readonly serverPort: number;
  readonly clientPort?: number;
}

/**
 * The judge behind the kernel's rules, as far as one phone and one server see them: what carries no payload passes in
 * the kernel, which keeps where a SYN-ACK says that the client's stream starts, and which knows a ServerHello when it
 * waits for one; the rest is judged, and the kernel remembers what it is told. Several flows may share one model.
 */
export class GatewayModel {
  readonly records: VerdictRecord[] = [];
  readonly judge: Judge;
  nowMs = 1_000;
  epoch = 0;

  constructor() {
    this.judge = gatewayJudge({ policy: POLICY, onVerdict: (record) => this.records.push(record) });
  }

  flow(options: ModelOptions): ModelFlow {
    return new ModelFlow(this, options);
  }

  /**
   * The judge alone, told what the kernel would tell it.
   * @param clientStart −1 where the kernel has not seen the SYN-ACK.
   */
  ask(parts: PacketParts, known: FlowState, isReply: boolean, clientStart = -1): { fate: Fate; state: FlowState } {
    const bytes = buildPacket(parts);
    const packet = new Packet();
    const fault = readPacket(bytes, 0, bytes.length, packet);
    this.epoch += 1;
    const arrival: Arrival = {
      atMs: this.nowMs,
      known,
      isReply,
      clientStart,
      inInterface: isReply ? 'eth0' : 'wlan0',
      sourceMacAt: -1,
      macBytes: bytes,
      epoch: this.epoch,
    };
    const { act, state } = this.judge.judge(packet, fault, arrival);
    return { fate: act === 'drop' || state === FlowState.denied ? 'dropped' : 'passed', state };
  }

  later(ms: number): void {
    this.nowMs += ms;
    this.judge.tick(this.nowMs);
  }

  /** Of the last verdict: `allow rule` or `drop reason`. */
  get lastVerdict(): string {
    const last = this.records.at(-1);
    if (last === undefined) return 'none';
    return last.action === 'allow' ? `allow ${last.rule}` : `drop ${last.reason}`;
  }
}

/** One connection or one pair of sockets, with what the kernel's connection tracking knows of it. */
export class ModelFlow {
  state: FlowState = FlowState.unknown;
  clientStart = 1_000_000;
  serverStart = 5_000_000;
  /** What the kernel keeps of the SYN-ACK; −1 before there is one. */
  keptStart = -1;
  readonly #model: GatewayModel;
  readonly #options: ModelOptions;

  constructor(model: GatewayModel, options: ModelOptions) {
    this.#model = model;
    this.#options = options;
  }

  /** A new connection of the same addresses and ports: the kernel starts afresh. */
  handshake(): this {
    this.state = FlowState.fresh;
    this.accepted(0);
    return this;
  }

  /** The server takes a connection, and acknowledges `offset` bytes behind what is thought to be the client's start. */
  accepted(offset: number): void {
    this.keptStart = (this.clientStart + offset) >>> 0;
  }

  /** The client sends payload that starts `offset` bytes into its stream. */
  up(offset: number, payload: Uint8Array | string, more: Partial<PacketParts> = {}): Fate {
    return this.#send(false, {
      ...this.#ends(false),
      sequence: (this.clientStart + offset) >>> 0,
      acknowledgement: this.serverStart,
      flags: 'PA',
      payload,
      ...more,
    });
  }

  /** The server sends payload at `offset` and acknowledges the client's stream up to `acknowledged`. */
  down(offset: number, payload: Uint8Array | string, acknowledged: number, more: Partial<PacketParts> = {}): Fate {
    return this.#send(true, {
      ...this.#ends(true),
      sequence: (this.serverStart + offset) >>> 0,
      acknowledgement: (this.clientStart + acknowledged) >>> 0,
      flags: 'PA',
      payload,
      ...more,
    });
  }

  #send(isReply: boolean, parts: PacketParts): Fate {
    if (this.state === FlowState.allowed) return 'passed';
    if (this.state === FlowState.denied) return 'dropped';
    if (this.state === FlowState.followed && isReply) return 'passed';
    if (this.state === FlowState.greeting && isReply && beginsServerHello(Buffer.from(parts.payload ?? ''))) {
      this.state = FlowState.allowed;
      return 'passed';
    }
    const isBeginning = this.state === FlowState.unknown && parts.flags === 'S';
    const known = this.state === FlowState.greeting ? FlowState.pending : this.state;
    const { fate, state } = this.#model.ask(parts, known, isReply, this.keptStart);
    if (state !== FlowState.unknown) this.state = state;
    // The server takes the SYN alone, as most do.
    if (isBeginning && fate === 'passed') this.accepted((parts.sequence ?? 0) + 1 - this.clientStart);
    return fate;
  }

  #ends(isReply: boolean): PacketParts {
    const { family = '4', protocol = 6, serverPort, clientPort = 40_000 } = this.#options;
    return isReply
      ? {
          source: SERVER[family],
          destination: PHONE[family],
          protocol,
          sourcePort: serverPort,
          destinationPort: clientPort,
        }
      : {
          source: PHONE[family],
          destination: SERVER[family],
          protocol,
          sourcePort: clientPort,
          destinationPort: serverPort,
        };
  }
}
