import { describe, expect, it } from 'vitest';
import { FlowState } from '../../src/judge/flow-state.ts';
import { GatewayModel } from './gateway-model.ts';
import { CHAT, clientHello, OK, serverHello, WEB } from './messages.ts';

describe('addresses and ports used again', () => {
  it('after an allowed flow: the new one is judged for itself', () => {
    const model = new GatewayModel();
    const flow = model.flow({ serverPort: 443 }).handshake();
    const hello = clientHello('wx.qq.com');
    flow.up(0, hello);
    flow.down(0, serverHello(), hello.length);
    expect(flow.state).toBe(FlowState.allowed);
    model.epoch += 2;
    flow.handshake();
    expect(flow.up(0, clientHello('www.video.example'))).toBe('dropped');
    expect(model.lastVerdict).toBe('drop name-not-allowed');
  });

  it('after a denied flow: chat passes', () => {
    const model = new GatewayModel();
    const flow = model.flow({ serverPort: 80 }).handshake();
    expect(flow.up(0, WEB)).toBe('dropped');
    model.epoch += 2;
    flow.handshake();
    expect(flow.up(0, CHAT)).toBe('passed');
    flow.down(0, OK, CHAT.length);
    expect(flow.state).toBe(FlowState.followed);
  });

  it('a packet that was on its way when its flow was allowed passes without marking whatever comes after', () => {
    const model = new GatewayModel();
    const flow = model.flow({ serverPort: 443 }).handshake();
    const hello = clientHello('wx.qq.com');
    flow.up(0, hello);
    flow.down(0, Uint8Array.of(21, 3, 3, 0, 2, 2, 40), hello.length);
    expect(flow.state).toBe(FlowState.allowed);
    flow.state = FlowState.pending;
    expect(flow.up(hello.length, 'still the first flow')).toBe('passed');
    expect(flow.state).toBe(FlowState.pending);
  });

  it('a connection that follows at once upon a followed one is judged for itself, or denied if its numbers are the same', () => {
    for (const [client, server, reason] of [
      [0, 0, 'sent-again-with-other-bytes'],
      [0, 1, 'name-not-allowed'],
      [1_000, 70_000, 'name-not-allowed'],
    ] as const) {
      const model = new GatewayModel();
      const flow = model.flow({ serverPort: 80 }).handshake();
      flow.up(0, CHAT);
      flow.down(0, OK, CHAT.length);
      flow.clientStart += client;
      flow.serverStart += server;
      flow.handshake();
      expect(flow.up(0, WEB)).toBe('dropped');
      expect(model.lastVerdict).toBe(`drop ${reason}`);
    }
  });

  it('a connection that follows at once upon an undecided one cannot hide behind its bytes', () => {
    for (const [client, server, reason] of [
      [0, 0, 'sent-again-with-other-bytes'],
      [1_000, 1, 'name-not-allowed'],
      [1_000, 70_000, 'name-not-allowed'],
    ] as const) {
      const model = new GatewayModel();
      const flow = model.flow({ serverPort: 80 }).handshake();
      flow.up(0, CHAT.slice(0, -2));
      flow.clientStart += client;
      flow.serverStart += server;
      flow.handshake();
      expect(flow.up(0, WEB)).toBe('dropped');
      expect(model.lastVerdict).toBe(`drop ${reason}`);
    }
  });

  it('a server that speaks first on a connection right after an allowed one does not pass for its server', () => {
    const model = new GatewayModel();
    const flow = model.flow({ serverPort: 443 }).handshake();
    const hello = clientHello('wx.qq.com');
    flow.up(0, hello);
    flow.down(0, serverHello(), hello.length);
    flow.clientStart += 1_000_000;
    flow.serverStart += 1_000_000;
    flow.handshake();
    expect(flow.down(0, 'SSH-2.0-OpenSSH_9.2', 0)).toBe('dropped');
    expect(model.lastVerdict).toBe('drop server-spoke-first');
  });
});
