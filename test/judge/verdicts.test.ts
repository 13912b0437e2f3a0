import { describe, expect, it } from 'vitest';
import { FlowState } from '../../src/judge/flow-state.ts';
import { ENOUGH_EVIDENCE_BYTES, UNDECIDED_IDLE_MS } from '../../src/judge/limits.ts';
import { GatewayModel } from './gateway-model.ts';
import { CHAT, clientHello, OK, serverHello, WEB, wechatFrame } from './messages.ts';

describe.each(['4', '6'] as const)('over IPv%s', (family) => {
  const http = () => {
    const model = new GatewayModel();
    return { model, flow: model.flow({ family, serverPort: 80 }).handshake() };
  };

  it('an allowed request is followed at once, and its answers are the kernel’s', () => {
    const { model, flow } = http();
    expect(flow.up(0, CHAT)).toBe('passed');
    expect(flow.state).toBe(FlowState.followed);
    expect(model.lastVerdict).toBe('allow wechat/text/short-connection');
    expect(flow.down(0, OK, CHAT.length)).toBe('passed');
    expect(model.epoch).toBe(1);
    expect(model.records).toHaveLength(1);
  });

  it('a followed flow waits for an acknowledgement once much of it is unacknowledged, and is followed again then', () => {
    const { model, flow } = http();
    let sent = 0;
    for (; flow.state !== FlowState.pending; sent += CHAT.length) {
      expect(flow.up(sent, CHAT)).toBe('passed');
      expect(sent).toBeLessThan(ENOUGH_EVIDENCE_BYTES);
    }
    expect(model.judge.bytesHeld).toBeGreaterThan(ENOUGH_EVIDENCE_BYTES);
    flow.down(0, OK, CHAT.length - 1);
    expect(flow.state).toBe(FlowState.pending);
    flow.down(0, OK, sent);
    expect(flow.state).toBe(FlowState.followed);
    expect(model.judge.bytesHeld).toBe(0);
    expect(flow.up(sent, WEB)).toBe('dropped');
    expect(model.records.map(({ action }) => action)).toEqual(['allow', 'drop']);
  });

  it('a request to any other host is denied at once', () => {
    const { model, flow } = http();
    expect(flow.up(0, WEB)).toBe('dropped');
    expect(model.lastVerdict).toBe('drop name-not-allowed');
    expect(flow.state).toBe(FlowState.denied);
  });

  it('a hello with an allowed name becomes the kernel’s own once it is answered', () => {
    const model = new GatewayModel();
    const flow = model.flow({ family, serverPort: 443 }).handshake();
    const hello = clientHello('wx.qq.com');
    expect(flow.up(0, hello)).toBe('passed');
    expect(flow.down(0, serverHello(), hello.length)).toBe('passed');
    expect(flow.state).toBe(FlowState.allowed);
    expect(model.lastVerdict).toMatch(/^allow wechat\/web/);
  });

  it('a second request on the same connection is judged for itself', () => {
    const { model, flow } = http();
    flow.up(0, CHAT);
    flow.down(0, OK, CHAT.length);
    expect(flow.up(CHAT.length, CHAT)).toBe('passed');
    expect(flow.state).toBe(FlowState.followed);
    expect(flow.up(2 * CHAT.length, WEB)).toBe('dropped');
    expect(model.lastVerdict).toBe('drop name-not-allowed');
  });

  it('the first bytes may come in any cut and order', () => {
    for (let cut = 1; cut < CHAT.length; cut += 1) {
      for (const turned of [false, true]) {
        const { model, flow } = http();
        const parts = [() => flow.up(0, CHAT.slice(0, cut)), () => flow.up(cut, CHAT.slice(cut))];
        for (const send of turned ? parts.reverse() : parts) expect(send()).toBe('passed');
        expect(model.lastVerdict).toBe('allow wechat/text/short-connection');
      }
    }
  });
});

describe('who speaks first', () => {
  it('a server that does is denied', () => {
    const model = new GatewayModel();
    const flow = model.flow({ serverPort: 8080 }).handshake();
    expect(flow.down(0, 'SSH-2.0-OpenSSH_9.2\r\n', 0)).toBe('dropped');
    expect(model.lastVerdict).toBe('drop server-spoke-first');
  });

  it('a client that never finishes its first message is denied when its time is over', () => {
    const model = new GatewayModel();
    model.flow({ serverPort: 80 }).handshake().up(0, 'GET / HT');
    model.later(UNDECIDED_IDLE_MS + 1);
    expect(model.lastVerdict).toBe('drop never-completed');
    expect(model.judge.flows).toBe(0);
  });
});

it.each([
  ['a connection opened from outside', { flags: 'S' }, FlowState.inbound, 'opened-from-outside'],
  [
    'a packet of another protocol than TCP or UDP',
    { protocol: 47, payload: 'gre' },
    FlowState.unknown,
    'not-tcp-or-udp',
  ],
] as const)('%s is denied unread', (_, parts, known, reason) => {
  const model = new GatewayModel();
  const ends = { source: '203.0.113.5', destination: '10.0.0.2' };
  expect(model.ask({ ...ends, ...parts }, known, false).fate).toBe('dropped');
  expect(model.lastVerdict).toBe(`drop ${reason}`);
});

it('a framed connection is the kernel’s after several frames both ways', () => {
  const model = new GatewayModel();
  const flow = model.flow({ serverPort: 8080 }).handshake();
  const beat = wechatFrame(6);
  const answer = wechatFrame(1_000_000_006);
  for (let i = 0; i < 4; i += 1) {
    expect(flow.up(i * beat.length, beat)).toBe('passed');
    expect(flow.down(i * answer.length, answer, (i + 1) * beat.length)).toBe('passed');
  }
  expect(flow.state).toBe(FlowState.allowed);
  expect(model.records.map(({ action }) => action)).toEqual(['allow']);
});
