import type { DatagramDissector, StreamDissector } from '../../src/dissect/dissector.ts';
import { DISSECTORS } from '../../src/dissect/dissectors.ts';
import type { StreamStep } from '../../src/dissect/outcome.ts';
import { FlowState } from '../../src/judge/flow-state.ts';
import { WATCHED_IDLE_MS } from '../../src/judge/limits.ts';
import { concat, hex } from '../dissect/hex.ts';
import { cryptoFrame, sealInitial } from '../dissect/quic/encode-initial.ts';
import type { Step } from '../evasion/trick.ts';
import { TRICKS } from '../evasion/tricks.ts';
import { GatewayModel } from '../judge/gateway-model.ts';
import { DATAGRAM_EXCHANGES, EXCHANGES, type Exchange, QUIC_HELLO } from './corpus.ts';
import { checkDatagrams, checkStream } from './laws.ts';
import { mutated } from './mutate.ts';
import { pick, type Random } from './random.ts';
import { playScript, type ScriptStep } from './segment-script.ts';

/** Something to be shown inputs; one case takes its input from `random` and returns it for the report. */
export interface Target {
  readonly name: string;
  /** Makes an input, and the check of it, which throws where a law is broken. */
  readonly make: (random: Random) => Case;
}

export interface Case {
  /** Everything the check is about, as bytes. */
  readonly input: readonly Uint8Array[];
  readonly check: () => void;
}

type Turn = readonly [isUp: boolean, bytes: Uint8Array];

/** Longer ones would take all the time. */
const MAX_TRICK_BYTES = 2_000;

/** What the tricks say first, and the answer to it. */
const TRICKY: readonly Exchange[] = TRICKS.flatMap(([, tricks]) => tricks)
  .filter(({ transport }) => transport === 'tcp')
  .map(({ port, steps }) => ({ port, client: bytesOf(steps, 'up'), server: bytesOf(steps, 'down') }))
  .filter(({ client }) => client.length > 0 && client.length < MAX_TRICK_BYTES);

const ALL_EXCHANGES: readonly Exchange[] = [...EXCHANGES, ...TRICKY];

const STREAMS: readonly Uint8Array[] = EXCHANGES.flatMap(({ client, server }) => [client, server]);
const DATAGRAMS: readonly Uint8Array[] = DATAGRAM_EXCHANGES.flatMap(({ up, down }) => [...up, ...down]);
/** Frames of a client's Initial (RFC 9000 §19), to be bent before they are sealed. */
const FRAMES: readonly Uint8Array[] = [
  cryptoFrame(0, QUIC_HELLO),
  concat(cryptoFrame(60, QUIC_HELLO.subarray(60)), hex('01 00 00'), cryptoFrame(0, QUIC_HELLO.subarray(0, 80))),
  concat(hex('02 05 00 01 00 00 00'), cryptoFrame(0, QUIC_HELLO), hex('03 05 00 00 00 01 02 03')),
  concat(cryptoFrame(0, QUIC_HELLO), hex('1c 00 06 03 616263')),
];
const INITIAL_BYTES = 1200;
/** Longer than anything is remembered. */
const MAX_WAIT_MS = 2 * WATCHED_IDLE_MS;

function streamTarget(dissector: StreamDissector): Target {
  const fitting = ALL_EXCHANGES.filter(({ port }) => dissector.ports === 'any' || dissector.ports.includes(port));
  return {
    name: `${dissector.app} over TCP`,
    make: (random) => {
      const exchange = pick(random, fitting);
      const client = mutated(random, exchange.client, STREAMS);
      const server = mutated(random, exchange.server, STREAMS);
      const check = (): void => {
        const answers: StreamStep[] = [];
        checkStream(random, dissector.begin, client, (step) => answers.push(step));
        // What the server says may change who reads the client (a second hello).
        const again: StreamStep[] = [];
        for (const answer of answers) checkStream(random, answer, server, (step) => again.push(step));
        for (const step of again) checkStream(random, step, client, () => {});
      };
      return { input: [client, server], check };
    },
  };
}

function datagramTarget(dissector: DatagramDissector): Target {
  const fitting = DATAGRAM_EXCHANGES.filter(({ port }) => dissector.ports === 'any' || dissector.ports.includes(port));
  return {
    name: `${dissector.app} over UDP`,
    make: (random) => {
      const { port, up, down } = pick(random, fitting);
      const turns = up.flatMap((bytes, i) => {
        const answer = down[i];
        const turn: Turn[] = [[true, port === 443 ? bentInitial(random, bytes, i) : mutated(random, bytes, DATAGRAMS)]];
        if (answer !== undefined) turn.push([false, mutated(random, answer, DATAGRAMS)]);
        return turn;
      });
      return { input: turns.map(([, bytes]) => bytes), check: () => checkDatagrams(dissector.begin, turns) };
    },
  };
}

/** Bent inside its seal, or outside. */
function bentInitial(random: Random, datagram: Uint8Array, packetNumber: number): Uint8Array {
  if (random.below(4) === 0) return mutated(random, datagram, DATAGRAMS);
  const frames = mutated(random, pick(random, FRAMES), FRAMES);
  return sealInitial(frames, { padTo: INITIAL_BYTES, packetNumber, version: pick(random, ['v1', 'v2'] as const) });
}

/** The judge on one flow of datagrams: it never throws, and keeps nothing when the flow is over. */
const JUDGE_OF_DATAGRAMS: Target = {
  name: 'judge of datagrams',
  make: (random) => {
    const { port, up, down } = pick(random, DATAGRAM_EXCHANGES);
    const turns = Array.from({ length: 1 + random.below(8) }, (_, i): Turn => {
      const isUp = random.below(3) !== 0;
      const bytes = pick(random, isUp ? up : down);
      return [isUp, isUp && port === 443 ? bentInitial(random, bytes, i) : mutated(random, bytes, DATAGRAMS)];
    });
    return { input: turns.map(([, bytes]) => bytes), check: () => playDatagrams(port, turns) };
  },
};

function playDatagrams(port: number, turns: readonly Turn[]): void {
  const model = new GatewayModel();
  const flow = model.flow({ serverPort: port, protocol: 17 });
  for (const [isUp, bytes] of turns) {
    const before = flow.state;
    const fate = isUp ? flow.up(0, bytes) : flow.down(0, bytes, 0);
    if (before === FlowState.denied && fate === 'passed') throw new Error('a denied flow goes on');
  }
  model.judge.finish();
  const { flows, bytesHeld } = model.judge;
  if (flows !== 0 || bytesHeld !== 0) throw new Error(`${flows} flows and ${bytesHeld} bytes are left behind`);
}

function bytesOf(steps: readonly Step[], kind: 'up' | 'down'): Uint8Array {
  return concat(...steps.flatMap((step) => (step.kind === kind ? [step.bytes] : [])));
}

const JUDGE: Target = {
  name: 'judge',
  make: (random) => {
    const exchange = pick(random, ALL_EXCHANGES);
    const other = pick(random, EXCHANGES);
    // Bent streams are mostly denied at once; straight ones get further.
    const isBent = random.below(2) === 0;
    const streamOf = ({ client }: Exchange): Uint8Array => (isBent ? mutated(random, client, STREAMS) : client);
    const streams = [streamOf(exchange), streamOf(other)] as const;
    const answer = isBent ? mutated(random, exchange.server, STREAMS) : exchange.server;
    const longest = Math.max(1, ...streams.map(({ length }) => length));
    const steps = Array.from({ length: 1 + random.below(16) }, () => scriptStep(random, longest));
    const script = { family: pick(random, ['4', '6'] as const), port: exchange.port, streams, answer, steps };
    return {
      input: [...streams, answer, Uint8Array.from(Buffer.from(JSON.stringify(steps)))],
      check: () => playScript(script),
    };
  },
};

function scriptStep(random: Random, longest: number): ScriptStep {
  const kind = random.below(10);
  if (kind === 0) return { kind: 'wait', ms: random.below(MAX_WAIT_MS) };
  if (kind < 4) return { kind: 'down', length: 1 + random.below(200) };
  const lengths = [random.below(24), random.below(longest), longest] as const;
  return {
    kind: 'up',
    stream: random.below(4) === 0 ? 1 : 0,
    at: random.below(2) === 0 ? 0 : random.below(longest),
    length: 1 + pick(random, lengths),
    before: random.below(6) === 0 ? random.below(longest) : 0,
    arrives: random.below(2) === 0,
    flags: random.below(20) === 0 ? 'S' : 'PA',
  };
}

export const TARGETS: readonly Target[] = [
  ...DISSECTORS.map((dissector) =>
    dissector.transport === 'tcp' ? streamTarget(dissector) : datagramTarget(dissector),
  ),
  JUDGE,
  JUDGE_OF_DATAGRAMS,
];
