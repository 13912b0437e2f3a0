import { beforeEach, expect, test } from 'vitest';
import { FlowState } from '../../src/judge/flow-state.ts';
import { ENOUGH_EVIDENCE_BYTES } from '../../src/judge/limits.ts';
import { GatewayModel, type ModelFlow } from './gateway-model.ts';
import { CHAT, request, wechatFrame } from './messages.ts';

const BEAT = wechatFrame(6);
const ANSWER = wechatFrame(1_000_000_006);
const PHONE = '10.0.0.2';
const SERVER = '203.0.113.5';

let model: GatewayModel;
beforeEach(() => {
  model = new GatewayModel();
});

function farewell(flags: string, known: FlowState) {
  const sequence = 5_000_000 + ANSWER.length;
  const acknowledgement = 1_000_000 + BEAT.length;
  const ends = { source: SERVER, destination: PHONE, sourcePort: 8080, destinationPort: 40_000 };
  return model.ask({ ...ends, sequence, acknowledgement, flags }, known, true);
}

test.each(['FA', 'R', 'RA'])(
  'a bare %s behind the answer goes on after it, and the flow is allowed as ever',
  (flags) => {
    const flow = model.flow({ serverPort: 8080 }).handshake();
    flow.up(0, BEAT);
    expect(flow.state).toBe(FlowState.pending);
    expect(flow.down(0, ANSWER, BEAT.length)).toBe('passed');
    expect(farewell(flags, FlowState.pending)).toMatchObject({ fate: 'passed', state: FlowState.followed });
    expect(model.lastVerdict).toMatch(/^allow /);
    expect(model.judge.flows).toBe(0);
  },
);

test.each(['FA', 'R', 'RA'])(
  'a bare %s of a connection that is no longer remembered passes and opens no flow',
  (flags) => {
    expect(farewell(flags, FlowState.pending)).toMatchObject({ fate: 'passed', state: FlowState.unknown });
    expect(model.judge.flows).toBe(0);
    expect(model.records).toEqual([]);
  },
);

test('a bare FIN of a connection never seen to begin is denied', () => {
  expect(farewell('FA', FlowState.unknown)).toMatchObject({ fate: 'dropped' });
});

/** Requests until an acknowledgement is waited for. @returns how many bytes that took. */
function sendUntilPending(flow: ModelFlow): number {
  let sent = 0;
  for (; flow.state !== FlowState.pending; sent += CHAT.length) {
    expect(flow.up(sent, CHAT)).toBe('passed');
    expect(sent).toBeLessThan(ENOUGH_EVIDENCE_BYTES);
  }
  return sent;
}

test.each([
  ['the next request is read', 0, CHAT, 'passed'],
  ['another host’s is denied', 0, request('www.video.example'), 'dropped'],
  ['bytes behind a gap are read, for nothing may fill that', 50, CHAT, 'passed'],
  ['what the server has taken already is not read as a start', -1_000, CHAT, 'dropped'],
  ['the last byte it has taken is none either', -1, CHAT, 'dropped'],
] as const)(
  'a followed flow is forgotten when the server leaves; should the client go on, %s',
  (_, offset, bytes, fate) => {
    const flow = model.flow({ serverPort: 80 }).handshake();
    const sent = sendUntilPending(flow);
    flow.down(0, 'HTTP/1.1 200 OK\r\n\r\n', sent, { flags: 'FPA' });
    expect(model.lastVerdict).toBe('allow wechat/text/short-connection');
    expect(model.judge.flows).toBe(0);
    expect(flow.state).toBe(FlowState.followed);
    expect(flow.up(sent + offset, bytes)).toBe(fate);
  },
);
