import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { askedState, asksAsReply, markLayout } from '../../src/firewall/mark.ts';
import { renderNftTable } from '../../src/firewall/nft-ruleset.ts';
import { VERDICT_PRIORITY } from '../../src/firewall/plan.ts';
import { FlowState } from '../../src/judge/flow-state.ts';
import { handshake } from '../dissect/client-hello/encode-client-hello.ts';
import { record } from '../dissect/tls/encode-records.ts';
import { type Case, type Fate, fateOf, mayHaveAsked } from './nft-fate.ts';
import { type End, NftTableMachine, type Tracked, type TravellingPacket } from './nft-table-machine.ts';
import { BARE_IPV4, BARE_IPV6, ipv4Packet, ipv6Packet } from './packets.ts';
import { PLAN } from './plans.ts';

const HELLO = record(22, handshake(2, Uint8Array.of(3, 3, ...new Uint8Array(32).fill(7), 0, 0x13, 1, 0, 0, 0)));
const SOME = new Uint8Array(40).fill(0x41);
const NUMBERS = { tcp: [6, 6], udp: [17, 17], icmp: [1, 58] } as const;
const START = 0x01020304;
/** None of the plan's. */
const OTHER_PORT = 444;

const VERDICTS = [
  FlowState.unknown,
  FlowState.pending,
  FlowState.followed,
  FlowState.allowed,
  FlowState.denied,
  FlowState.greeting,
] as const;
/** Of TCP alone. */
const STREAMS: ReadonlySet<FlowState> = new Set([FlowState.fresh, FlowState.greeting]);
const verdicts = fc.constantFrom(...VERDICTS);
const states = fc.constantFrom(FlowState.fresh, ...VERDICTS);
const rarely = fc.integer({ min: 0, max: 4 }).map((number) => number === 0);

const FLAGS = { syn: false, ack: true, fin: false, rst: false };

/** What nearly all packets are: for these there are short ways, whose every condition counts. */
const USUAL_FORMS = [5, 8, 10].flatMap((tcpWords) =>
  [FLAGS, { ...FLAGS, fin: true }, { ...FLAGS, syn: true }, { ...FLAGS, syn: true, ack: false }].map((flags) => ({
    tcpWords,
    flags,
  })),
);
const usualCases = fc
  .record({
    flow: fc.oneof(fc.constantFrom(FlowState.fresh, FlowState.unknown), states),
    tracking: fc.constantFrom('new', 'established', 'established', 'related'),
    isReply: fc.boolean(),
    // A datagram may look like any of them.
    protocol: fc.constantFrom('tcp', 'tcp', 'udp'),
    hasUnusualHeaders: fc.constant(false),
    form: fc.constantFrom(...USUAL_FORMS),
    payload: fc.constantFrom('none', 'none', 'some'),
    isToChatPort: fc.boolean(),
    isFromLan: fc.boolean(),
    isToLan: fc.boolean(),
    isAstray: fc.boolean(),
    verdict: fc.constant(null),
  })
  .map(({ form, ...each }) => ({ ...each, ...form }));

const anyCases = fc.record({
  flow: states,
  tracking: fc.constantFrom('new', 'established', 'established', 'established', 'related', 'invalid'),
  isReply: fc.boolean(),
  protocol: fc.constantFrom('tcp', 'tcp', 'tcp', 'udp', 'icmp'),
  hasUnusualHeaders: rarely,
  tcpWords: fc.oneof(fc.constantFrom(5, 8, 10), fc.integer({ min: 5, max: 15 })),
  flags: fc.record({ syn: fc.boolean(), ack: fc.boolean(), fin: rarely, rst: rarely }),
  payload: fc.constantFrom('none', 'none', 'some', 'server-hello'),
  isToChatPort: fc.boolean(),
  isFromLan: fc.boolean(),
  isToLan: rarely,
  isAstray: fc.boolean(),
  verdict: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, verdicts, fc.constant('no answer' as const)),
});

const cases: fc.Arbitrary<Case> = fc
  .oneof({ weight: 2, arbitrary: usualCases }, anyCases)
  // What connection tracking cannot say: a state of a packet it does not know, that a reply begins a flow, its own or
  // one that is related to another, or that another protocol is of a stream.
  .map((each) => ({ ...each, isReply: each.isReply && each.tracking !== 'new' }))
  .map((each) => (each.tracking === 'related' && each.protocol !== 'icmp' ? { ...each, isReply: false } : each))
  .map((each) => ({ ...each, flow: each.tracking === 'invalid' ? FlowState.unknown : each.flow }))
  .map((each) => (STREAMS.has(each.flow) && each.tracking !== 'related' ? { ...each, protocol: 'tcp' } : each));

interface Sent {
  readonly packet: TravellingPacket;
  readonly tracked: Tracked | null;
}

const layout = PLAN.marks;
const others = 0x50000005;

function send(parts: Case, family: 4 | 6, chatPort = 443): Sent {
  const { flags } = parts;
  const bits = (flags.fin ? 1 : 0) | (flags.syn ? 2 : 0) | (flags.rst ? 4 : 0) | (flags.ack ? 16 : 0);
  const content = { none: new Uint8Array(0), some: SOME, 'server-hello': HELLO }[parts.payload];
  const numbers = NUMBERS[parts.protocol];
  const protocol = numbers[family === 4 ? 0 : 1];
  const common = { tcpWords: parts.tcpWords, flags: bits, payload: content.length };
  const bytes =
    family === 4
      ? ipv4Packet({ ...BARE_IPV4, ...common, protocol: numbers[0], optionWords: parts.hasUnusualHeaders ? 2 : 0 })
      : ipv6Packet({
          ...BARE_IPV6,
          ...common,
          protocol: numbers[1],
          extensionHeaders: parts.hasUnusualHeaders ? 1 : 0,
        });
  bytes.set(content, bytes.length - content.length);
  const headerBytes = bytes.length - content.length - 4 * parts.tcpWords;
  const transport = new DataView(bytes.buffer, headerBytes);
  transport.setUint16(2, parts.isToChatPort ? chatPort : OTHER_PORT);
  transport.setUint32(8, START);
  const tracked: Tracked | null =
    parts.tracking === 'invalid'
      ? null
      : {
          state: parts.tracking,
          direction: parts.isReply ? 'reply' : 'original',
          mark: (others | (parts.flow << layout.shift)) >>> 0,
          secmark: 0x0badcafe,
        };
  const said = parts.verdict === 'no answer' ? 8 : parts.verdict;
  return {
    tracked,
    packet: {
      bytes,
      protocol,
      flow: tracked,
      from: parts.isFromLan ? 'wlan0' : 'eth0',
      to: parts.isToLan ? 'wlan0' : 'eth0',
      isAstray: parts.isAstray,
      // Others may have set bits that are ours; where user space answers there are none but its own.
      mark: (others | ((said ?? 5) << layout.shift)) >>> 0,
      priority: parts.verdict === null ? 6 : VERDICT_PRIORITY,
    },
  };
}

describe.each([
  ['told', 'closed'],
  ['asked', 'closed'],
  ['told', 'open'],
] as const)('the rules of nft, starts %s, %s when nobody listens', (starts, whenDown) => {
  const way = { queueing: 'nft', starts } as const;
  const machine = new NftTableMachine(renderNftTable({ ...PLAN, whenDown, onDrop: 'reset' }, way));

  test('do with every packet what the specification says', () => {
    fc.assert(
      fc.property(cases, fc.constantFrom(4, 6), fc.constantFrom(...PLAN.tcpPorts), (anyParts, family, chatPort) => {
        const parts = mayHaveAsked(anyParts, starts, whenDown) ? anyParts : { ...anyParts, verdict: null };
        const { packet, tracked } = send(parts, family, chatPort);
        const expected = fateOf(parts, starts, whenDown);
        const end = machine.run(packet);
        expect(seenEnd(parts, packet, end)).toEqual(expected.end);
        if (tracked === null) return;
        expect((tracked.mark & ~layout.mask) >>> 0, 'bits of others').toBe(others);
        expect((tracked.mark & layout.mask) >>> layout.shift).toBe(expected.flow);
        // Where a connection starts that is none of ours does not matter.
        if (!parts.isFromLan && !parts.isToLan) return;
        expect(tracked.secmark).toBe(expected.keepsStart ? 0x04030201 : 0x0badcafe);
        if (end === 'queued' && starts === 'told' && isAboutAStream(expected)) {
          expect(packet.priority).toBe(tracked.secmark);
        }
      }),
      { numRuns: 20_000 },
    );
  });
});

function isAboutAStream({ end }: Fate): boolean {
  return typeof end === 'object' && end.asked !== 'inbound';
}

/** The packet's end as the specification writes it. */
function seenEnd(parts: Case, packet: TravellingPacket, end: End): Fate['end'] {
  if (end !== 'queued') return end;
  expect((packet.mark & ~layout.mask) >>> 0, 'bits of others').toBe(others);
  const asked = askedState(packet.mark, layout);
  if (asked !== FlowState.inbound) expect(asksAsReply(packet.mark, layout)).toBe(parts.isReply);
  const name = (['unknown', 'fresh', 'pending', 'followed', 'inbound'] as const).find(
    (each) => FlowState[each] === asked,
  );
  if (name === undefined) throw new Error(`nothing asks with ${asked}`);
  return { asked: name };
}

test.each([0xf, 0x0f000000, 0xf0000000])('a question can be read from the bits of %i', (mask) => {
  const marks = markLayout(mask);
  const machine = new NftTableMachine(renderNftTable({ ...PLAN, marks }, { queueing: 'nft', starts: 'told' }));
  for (const state of [FlowState.fresh, FlowState.pending, FlowState.followed]) {
    const { packet, tracked } = send({ ...QUESTION, flow: state }, 4);
    if (tracked === null) throw new Error('not tracked');
    tracked.mark = (state << marks.shift) >>> 0;
    packet.mark = 0;
    expect(machine.run(packet)).toBe('queued');
    expect(askedState(packet.mark, marks)).toBe(state);
    expect((packet.mark & ~mask) >>> 0).toBe(0);
  }
});

test('a flow whose mark is no state of ours is asked about as an unknown one, and so are those without a mark', () => {
  const machine = new NftTableMachine(renderNftTable(PLAN, { queueing: 'nft', starts: 'told' }));
  for (const flow of [FlowState.inbound, FlowState.unknown]) {
    const { packet } = send({ ...QUESTION, flow }, 4);
    expect(machine.run(packet)).toBe('queued');
    expect(askedState(packet.mark, layout)).toBe(FlowState.unknown);
  }
});

test('a packet that has been answered goes on without the priority that says so', () => {
  const machine = new NftTableMachine(renderNftTable(PLAN, { queueing: 'nft', starts: 'told' }));
  const { packet } = send({ ...QUESTION, verdict: FlowState.followed }, 4);
  expect(machine.run(packet)).toBe('passes');
  expect(packet.priority).toBe(0);
});

const QUESTION: Case = {
  flow: FlowState.fresh,
  tracking: 'established',
  isReply: false,
  protocol: 'tcp',
  hasUnusualHeaders: false,
  tcpWords: 8,
  flags: { syn: false, ack: true, fin: false, rst: false },
  payload: 'some',
  isToChatPort: true,
  isFromLan: true,
  isToLan: false,
  isAstray: false,
  verdict: null,
};
