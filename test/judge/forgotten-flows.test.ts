import { describe, expect, it } from 'vitest';
import { FlowState } from '../../src/judge/flow-state.ts';
import { ForgottenFlows } from '../../src/judge/forgotten-flows.ts';
import { ENOUGH_EVIDENCE_BYTES, MAX_FOLLOWED_FLOWS, WATCHED_IDLE_MS } from '../../src/judge/limits.ts';
import { GatewayModel } from './gateway-model.ts';
import { CHAT, WEB } from './messages.ts';

/** Two messages: what a flow has sent of one alone may be remembered for longer. */
const TWICE = CHAT.repeat(2);
const MAX_NOTES = 65_536;

/** How a followed flow comes to be forgotten. */
const WAYS: readonly (readonly [string, (model: GatewayModel) => void])[] = [
  [
    'crowded out',
    (model) => {
      for (let i = 0; i < MAX_FOLLOWED_FLOWS; i += 1) {
        model
          .flow({ serverPort: 80, clientPort: 41_000 + i })
          .handshake()
          .up(0, TWICE);
      }
    },
  ],
  ['silent for too long', (model) => model.later(WATCHED_IDLE_MS + 1)],
];

describe.each(WAYS)('a followed flow that was %s', (_, forget) => {
  const forgotten = (acknowledged: boolean) => {
    const model = new GatewayModel();
    const flow = model.flow({ serverPort: 80 }).handshake();
    let sent = 0;
    do {
      flow.up(sent, TWICE);
      sent += TWICE.length;
      expect(sent).toBeLessThan(2 * ENOUGH_EVIDENCE_BYTES);
    } while (acknowledged && flow.state !== FlowState.pending);
    if (acknowledged) flow.down(0, 'HTTP/1.1 200 OK\r\n\r\n', sent);
    expect(flow.state).toBe(FlowState.followed);
    forget(model);
    return { model, flow, sent };
  };

  describe.each([
    ['before the server had acknowledged what was read', false],
    ['after the server had acknowledged all of it', true],
  ] as const)('%s', (__, acknowledged) => {
    it.each([
      ['the next request is read, and passes', 0, CHAT, 'passed', 'allow wechat/text/short-connection'],
      ['a forbidden one in its place is denied', 0, WEB, 'dropped', 'drop name-not-allowed'],
      ['what begins in front of that is denied', -CHAT.length, CHAT, 'dropped', 'drop no-longer-remembered'],
      ['be it by one byte', -1, CHAT, 'dropped', 'drop no-longer-remembered'],
    ] as const)('%s', (___, offset, bytes, fate, verdict) => {
      const { model, flow, sent } = forgotten(acknowledged);
      expect(flow.up(sent + offset, bytes)).toBe(fate);
      expect(model.lastVerdict).toBe(verdict);
    });

    it('nothing is read in front of what was read first when it came back', () => {
      const { model, flow, sent } = forgotten(acknowledged);
      expect(flow.up(sent + 100, CHAT)).toBe('passed');
      expect(flow.up(sent, WEB)).toBe('dropped');
      expect(model.lastVerdict).toBe('drop bytes-before-start');
    });
  });
});

it('a note belongs to one connection: the next one of the same addresses and ports is judged from its own start', () => {
  const model = new GatewayModel();
  const flow = model.flow({ serverPort: 80 }).handshake();
  flow.up(0, TWICE);
  model.later(WATCHED_IDLE_MS + 1);
  flow.clientStart -= 10_000;
  flow.serverStart += 250_000;
  flow.handshake();
  expect(flow.up(0, CHAT)).toBe('passed');
});

describe('notes of forgotten flows', () => {
  it('let a flow go on at or behind what was seen, once, whatever the number', () => {
    for (const seenEnd of [0, 5, 0x7fffffff, 0x80000000, 0xffffffff]) {
      for (const [ahead, mayGoOn] of [
        [0, true],
        [1, true],
        [2 ** 31 - 1, true],
        [-1, false],
        [-100_000, false],
        [2 ** 31, false],
      ] as const) {
        const notes = new ForgottenFlows();
        notes.note(1, seenEnd);
        expect(notes.mayGoOn(1, (seenEnd + ahead) >>> 0), `${ahead} from ${seenEnd}`).toBe(mayGoOn);
      }
    }
  });

  it('a flow without a note does not go on, nor one whose note was dropped', () => {
    const notes = new ForgottenFlows();
    notes.note(1, 5_000);
    expect(notes.mayGoOn(2, 6_000)).toBe(false);
    notes.drop(1);
    expect(notes.mayGoOn(1, 6_000)).toBe(false);
  });

  it('of the same flow replace each other, and only the oldest of too many are lost', () => {
    const notes = new ForgottenFlows();
    notes.note(0, 1_000);
    for (let hash = 1; hash < MAX_NOTES; hash += 1) notes.note(hash, 5_000);
    notes.note(0, 5_000);
    notes.note(MAX_NOTES, 5_000);
    expect(notes.mayGoOn(0, 4_999)).toBe(false);
    expect(notes.mayGoOn(1, 6_000)).toBe(false);
    expect(notes.mayGoOn(2, 5_000)).toBe(true);
  });
});
