import { beforeEach, expect, test } from 'vitest';
import { FlowState } from '../../src/judge/flow-state.ts';
import { GatewayModel } from './gateway-model.ts';

const REQUEST = 'GET / HTTP/1.1\r\nHost: short.weixin.qq.com\r\nConnection: close\r\n\r\n';
const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';
const PHONE = '10.0.0.2';
const SERVER = '203.0.113.5';

let model: GatewayModel;
beforeEach(() => {
  model = new GatewayModel();
});

function farewell(flags: string, known: FlowState) {
  const sequence = 5_000_000 + ANSWER.length;
  const acknowledgement = 1_000_000 + REQUEST.length;
  const ends = { source: SERVER, destination: PHONE, sourcePort: 80, destinationPort: 40_000 };
  return model.ask({ ...ends, sequence, acknowledgement, flags }, known, true);
}

test.each(['FA', 'R', 'RA'])(
  'a bare %s behind the answer goes on after it, and the flow is allowed as ever',
  (flags) => {
    const flow = model.flow({ serverPort: 80 }).handshake();
    flow.up(0, REQUEST);
    expect(flow.state).toBe(FlowState.pending);
    expect(flow.down(0, ANSWER, REQUEST.length)).toBe('passed');
    expect(farewell(flags, FlowState.pending)).toMatchObject({ fate: 'passed', state: FlowState.followed });
    expect(model.lastVerdict).toMatch(/^allow /);
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

test('an answered flow is forgotten when either end leaves, and read again should the client go on', () => {
  const model = new GatewayModel();
  const flow = model.flow({ serverPort: 80 }).handshake();
  const chat = REQUEST;
  flow.up(0, chat);
  flow.down(0, 'HTTP/1.1 200 OK\r\n\r\n', chat.length, { flags: 'FPA' });
  expect(model.lastVerdict).toBe('allow wechat/text/short-connection');
  expect(model.judge.flows).toBe(0);
  expect(flow.state).toBe(FlowState.followed);
  expect(flow.up(chat.length, REQUEST.replace('short.weixin.qq.com', 'www.video.example'))).toBe('dropped');
});
