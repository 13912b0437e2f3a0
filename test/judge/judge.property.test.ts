import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FlowState } from '../../src/judge/flow-state.ts';
import { WATCHED_IDLE_MS } from '../../src/judge/limits.ts';
import { EXCHANGES } from '../fuzz/corpus.ts';
import { playScript, type ScriptStep, type SegmentScript } from '../fuzz/segment-script.ts';
import { GatewayModel } from './gateway-model.ts';

/** Each property stops after this time, on a machine however slow. */
const LIMIT_MS = 1_500;

const MAX_STREAM_BYTES = 900;

const step: fc.Arbitrary<ScriptStep> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('up' as const),
      stream: fc.constantFrom(0 as const, 0 as const, 0 as const, 1 as const),
      at: fc.oneof(fc.constant(0), fc.nat(MAX_STREAM_BYTES)),
      length: fc.oneof(fc.nat(20), fc.nat(MAX_STREAM_BYTES)),
      before: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(MAX_STREAM_BYTES) }),
      arrives: fc.boolean(),
      flags: fc.constantFrom('PA' as const, 'PA' as const, 'PA' as const, 'PA' as const, 'S' as const),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('down' as const), length: fc.nat(200) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(2 * WATCHED_IDLE_MS) }) },
);

const script: fc.Arbitrary<SegmentScript> = fc
  .tuple(
    fc.constantFrom('4' as const, '6' as const),
    fc.constantFrom(...EXCHANGES),
    fc.constantFrom(...EXCHANGES),
    fc.array(step, { maxLength: 14 }),
  )
  .map(([family, one, other, steps]) => ({
    family,
    port: one.port,
    streams: [one.client, other.client] as const,
    answer: one.server,
    steps,
  }));

test('nothing that the whole stream forbids is ever settled as allowed, and nothing is kept beyond its time or its cap', () => {
  fc.assert(fc.property(script, playScript), { numRuns: 20_000, interruptAfterTimeLimit: LIMIT_MS });
});

test('what becomes of a stream does not depend on how it was cut, ordered and repeated', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...EXCHANGES),
      fc.array(fc.nat(MAX_STREAM_BYTES), { maxLength: 8 }),
      fc.array(fc.nat(10), { minLength: 10, maxLength: 10 }),
      ({ port, client, server }, cuts, order) => {
        const whole = courseOf(port, [client], server, [0]);
        const sorted = [...new Set([0, ...cuts.filter((cut) => cut < client.length), client.length])].sort(
          (a, b) => a - b,
        );
        const pieces = sorted.slice(0, -1).map((from, i) => client.subarray(from, sorted[i + 1]));
        const turns = pieces.map((_, i) => i).sort((a, b) => (order[a] ?? 0) - (order[b] ?? 0));
        expect(courseOf(port, pieces, server, [...turns, turns[0] ?? 0])).toBe(whole);
      },
    ),
    { numRuns: 20_000, interruptAfterTimeLimit: LIMIT_MS },
  );
});

test('no packet whatever makes the judge throw', () => {
  const packet = fc.record({
    isReply: fc.boolean(),
    known: fc.constantFrom(...Object.values(FlowState)),
    flags: fc.constantFrom('S', 'SA', 'A', 'PA', 'FPA', 'RA', 'PAU', ''),
    sequence: fc.oneof(fc.nat(2_000), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
    exchange: fc.constantFrom(...EXCHANGES),
    protocol: fc.constantFrom(6, 6, 6, 17, 1),
    isStartTold: fc.boolean(),
    ms: fc.nat(1_000),
  });
  fc.assert(
    fc.property(fc.array(packet, { maxLength: 20 }), (packets) => {
      const model = new GatewayModel();
      for (const { isReply, known, flags, sequence, exchange, protocol, isStartTold, ms } of packets) {
        const [phone, server] = ['10.0.0.2', '203.0.113.5'];
        const back = { source: server, destination: phone, sourcePort: exchange.port, destinationPort: 40_000 };
        const forth = { source: phone, destination: server, sourcePort: 40_000, destinationPort: exchange.port };
        const ends = isReply ? back : forth;
        const payload = isReply ? exchange.server : exchange.client;
        model.ask({ ...ends, protocol, flags, sequence, payload }, known, isReply, isStartTold ? sequence >>> 0 : -1);
        model.later(ms);
      }
      model.judge.finish();
      expect([model.judge.flows, model.judge.bytesHeld]).toEqual([0, 0]);
    }),
    { numRuns: 20_000, interruptAfterTimeLimit: LIMIT_MS },
  );
});

/** The last word, `allow` or `drop`, once the client has sent its pieces in the given turns and the server has answered. */
function courseOf(port: number, pieces: readonly Uint8Array[], server: Uint8Array, turns: readonly number[]): string {
  const model = new GatewayModel();
  const flow = model.flow({ serverPort: port }).handshake();
  const starts = pieces.map((_, i) => pieces.slice(0, i).reduce((sum, { length }) => sum + length, 0));
  for (const turn of turns) flow.up(starts[turn] ?? 0, pieces[turn] ?? new Uint8Array(0));
  flow.down(
    0,
    server,
    pieces.reduce((sum, { length }) => sum + length, 0),
  );
  model.judge.finish();
  return model.records.at(-1)?.action ?? 'none';
}
