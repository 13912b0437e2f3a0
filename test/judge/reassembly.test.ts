import { describe, expect, it } from 'vitest';
import { FlowState } from '../../src/judge/flow-state.ts';
import { GatewayModel } from './gateway-model.ts';
import { CHAT, OK, request, WEB, wechatFrame } from './messages.ts';

describe('evidence the server never took', () => {
  it('is worth nothing: the real bytes behind a decoy contradict it', () => {
    const model = new GatewayModel();
    const flow = model.flow({ serverPort: 80 }).handshake();
    const real = request('www.video.example').padEnd(CHAT.length + 20, ' ');
    expect(flow.up(0, CHAT)).toBe('passed');
    expect(flow.up(0, real)).toBe('dropped');
    expect(model.lastVerdict).toBe('drop sent-again-with-other-bytes');
  });

  it('may be sent again as it was', () => {
    const model = new GatewayModel();
    const flow = model.flow({ serverPort: 80 }).handshake();
    flow.up(0, CHAT);
    expect(flow.up(0, CHAT)).toBe('passed');
    expect(flow.up(10, CHAT.slice(10, 20))).toBe('passed');
    flow.down(0, OK, CHAT.length);
    expect(flow.state).toBe(FlowState.followed);
  });

  it('does not count when other bytes come in front of it', () => {
    const model = new GatewayModel();
    const flow = model.flow({ serverPort: 80 }).handshake();
    expect(flow.up(WEB.length, CHAT)).toBe('passed');
    expect(flow.up(0, WEB)).toBe('dropped');
    expect(model.lastVerdict).toBe('drop name-not-allowed');
  });

  it('is read in order when frames with bodies come the wrong way round', () => {
    const model = new GatewayModel();
    const flow = model.flow({ serverPort: 8080 }).handshake();
    const [first, second] = [wechatFrame(6, 'first body'), wechatFrame(7, 'second body')];
    expect(flow.up(first.length, second)).toBe('passed');
    expect(flow.up(0, first)).toBe('passed');
    flow.down(0, wechatFrame(1_000_000_006), first.length + second.length);
    expect(model.lastVerdict).toMatch('allow wechat/text/long-connection');
  });
});

describe('a first segment that nothing starts with', () => {
  it('is denied at once when it is the first', () => {
    const model = new GatewayModel();
    const flow = model.flow({ serverPort: 8080 }).handshake();
    expect(flow.up(0, 'SSH-2.0-OpenSSH_9.2\r\n')).toBe('dropped');
    expect(model.lastVerdict).toBe('drop unrecognised');
  });

  it('passes unread when it has overtaken the first, and is read in its place', () => {
    const model = new GatewayModel();
    const flow = model.flow({ serverPort: 80 }).handshake();
    expect(flow.up(CHAT.length, 'SSH-2.0-OpenSSH_9.2\r\n')).toBe('passed');
    expect(flow.state).toBe(FlowState.pending);
    expect(model.records).toEqual([]);
    expect(flow.up(0, CHAT)).toBe('dropped');
    expect(model.lastVerdict).toBe('drop unrecognised');
  });

  it('does not go on passing for ever', () => {
    const model = new GatewayModel();
    const flow = model.flow({ serverPort: 8080 }).handshake();
    let pieces = 0;
    while (flow.up(10 * (1 + pieces), 'NOISE') === 'passed' && pieces < 1_000) pieces += 1;
    expect(model.lastVerdict).toBe('drop too-much-out-of-order');
    expect(pieces).toBeLessThan(100);
  });
});

describe('a body of any length', () => {
  const post = (bytes: number) => `POST / HTTP/1.1\r\nHost: short.weixin.qq.com\r\nContent-Length: ${bytes}\r\n\r\n`;

  it.each([2 ** 31, 2 ** 32, 2 ** 40])(
    '%i bytes: what the server has not acknowledged is not taken for acknowledged',
    (bytes) => {
      const model = new GatewayModel();
      const flow = model.flow({ serverPort: 80 }).handshake();
      flow.up(0, post(bytes));
      flow.state = FlowState.pending;
      flow.down(0, OK, 0);
      expect(flow.up(0, WEB)).toBe('dropped');
      expect(model.lastVerdict).toBe('drop sent-again-with-other-bytes');
    },
  );

  it('may be longer than a sequence number can say, and the next request is still found', () => {
    const model = new GatewayModel();
    const flow = model.flow({ serverPort: 80 }).handshake();
    const length = 5 * 2 ** 30;
    const head = post(length);
    flow.up(0, head);
    flow.down(0, OK, head.length);
    const step = 2 ** 27;
    for (let at = 0; at < length; at += step) expect(flow.up(head.length + at, 'x'.repeat(1_000))).toBe('passed');
    expect(flow.up(head.length + length, WEB)).toBe('dropped');
    expect(model.lastVerdict).toBe('drop name-not-allowed');
  });
});
