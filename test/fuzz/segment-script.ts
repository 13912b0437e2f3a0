import { firstHello } from '../../src/dissect/tls/client-flight.ts';
import { FlowState } from '../../src/judge/flow-state.ts';
import { MAX_BYTES_HELD } from '../../src/judge/limits.ts';
import { GatewayModel, type ModelFlow, shippedPolicy } from '../judge/gateway-model.ts';
import { beginsServerHello } from '../judge/server-hello.ts';
import { WholeStream } from './whole-stream.ts';

/**
 * A connection whose client may do anything with its segments, and whose server is an honest TCP; one that speaks TLS
 * says hello to nothing but a hello.
 */
export interface SegmentScript {
  readonly family: '4' | '6';
  readonly port: number;
  /** Two streams the client mixes as it likes: at each place the server takes what comes to it first. */
  readonly streams: readonly [Uint8Array, Uint8Array];
  readonly answer: Uint8Array;
  readonly steps: readonly ScriptStep[];
}

export type ScriptStep =
  | {
      readonly kind: 'up';
      readonly stream: 0 | 1;
      readonly at: number;
      readonly length: number;
      /** How far in front of their place in the stream the bytes are sent. */
      readonly before: number;
      readonly arrives: boolean;
      readonly flags: 'PA' | 'S';
    }
  /** The server acknowledges what it has and sends the next bytes of its answer. */
  | { readonly kind: 'down'; readonly length: number }
  | { readonly kind: 'wait'; readonly ms: number };

const POLICY = shippedPolicy();
/** What the server says it can take; connection tracking throws away what lies outside. */
const WINDOW_BYTES = 65_535;

/** Plays a script. @throws Error where the judge lets through what the whole stream forbids, or keeps too much. */
export function playScript(script: SegmentScript): void {
  new ScriptPlayer(script).play();
}

class ScriptPlayer {
  readonly #script: SegmentScript;
  readonly #model = new GatewayModel();
  readonly #flow: ModelFlow;
  readonly #oracle: WholeStream;
  readonly #received: (number | undefined)[] = [];
  #end = 0;
  #sent = 0;

  constructor(script: SegmentScript) {
    this.#script = script;
    this.#flow = this.#model.flow({ serverPort: script.port, family: script.family }).handshake();
    this.#oracle = new WholeStream(POLICY, script.port);
  }

  play(): void {
    for (const step of this.#script.steps) {
      if (step.kind === 'up') this.#up(step);
      else if (step.kind === 'down') this.#down(step.length);
      else this.#model.later(step.ms);
      this.#check();
    }
    this.#model.judge.finish();
    const { flows, bytesHeld } = this.#model.judge;
    if (flows !== 0 || bytesHeld !== 0) throw new Error(`${flows} flows and ${bytesHeld} bytes are left behind`);
  }

  #up({ stream, at, length, before, arrives, flags }: Extract<ScriptStep, { kind: 'up' }>): void {
    const bytes = this.#script.streams[stream].subarray(at, at + length);
    const place = at - before;
    if (bytes.length === 0 || place + bytes.length > this.#end + WINDOW_BYTES) return;
    // A SYN's payload stands behind the SYN, and an honest server takes neither.
    const fate = this.#flow.up(place, bytes, { flags });
    if (arrives && flags !== 'S' && fate === 'passed') this.#deliver(place, bytes);
  }

  #down(length: number): void {
    const bytes = this.#script.answer.subarray(this.#sent, this.#sent + length);
    if (bytes.length === 0) return;
    if (this.#sent === 0 && beginsServerHello(bytes) && !this.#hasHello()) return;
    const fate = this.#flow.down(this.#sent, bytes, this.#end);
    if (fate !== 'passed') return;
    this.#sent += bytes.length;
    this.#oracle.fromServer(bytes);
  }

  /** Whether what the server has begins with a whole ClientHello, whatever name it asks for. */
  #hasHello(): boolean {
    return firstHello(Uint8Array.from(this.#received.slice(0, this.#end), (byte) => byte ?? 0)).kind === 'match';
  }

  #deliver(at: number, bytes: Uint8Array): void {
    for (const [index, byte] of bytes.entries()) if (at + index >= 0) this.#received[at + index] ??= byte;
    const fresh: number[] = [];
    for (let byte = this.#received[this.#end]; byte !== undefined; byte = this.#received[this.#end]) {
      fresh.push(byte);
      this.#end += 1;
    }
    if (fresh.length > 0) this.#oracle.fromClient(Uint8Array.from(fresh));
  }

  #check(): void {
    const { state } = this.#flow;
    const { verdict } = this.#oracle;
    if (state === FlowState.allowed && verdict === 'undecided') {
      throw new Error('settled before the server has what it rests on');
    }
    // Once the kernel has it for good, nothing is read any more.
    if (state !== FlowState.allowed && state !== FlowState.denied && verdict === 'denied') {
      throw new Error(`the server has got a forbidden stream (${this.#model.lastVerdict}, state ${state})`);
    }
    if (this.#model.judge.bytesHeld > MAX_BYTES_HELD) throw new Error('too many bytes held');
  }
}
