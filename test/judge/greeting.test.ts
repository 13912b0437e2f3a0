import { describe, expect, it } from 'vitest';
import { FlowState } from '../../src/judge/flow-state.ts';
import { GatewayModel } from './gateway-model.ts';
import { clientHello, serverHello } from './messages.ts';
import { RETRY_RANDOM } from './server-hello.ts';

/** Connections at rest that are remembered. */
const MAX_RESTING = 16_384;

describe('a hello whose answer the kernel knows', () => {
  const HELLO = clientHello('wx.qq.com');
  const RETRY = serverHello(RETRY_RANDOM);
  const greeted = () => {
    const model = new GatewayModel();
    const flow = model.flow({ serverPort: 443 }).handshake();
    expect(flow.up(0, HELLO)).toBe('passed');
    expect(flow.state).toBe(FlowState.greeting);
    return { model, flow };
  };

  it('is said to be allowed at once, and little is remembered of it', () => {
    const { model } = greeted();
    expect(model.lastVerdict).toBe('allow wechat/web/documented');
    expect(model.judge.flows).toBe(0);
    expect(model.judge.bytesHeld).toBe(0);
  });

  it('is settled by the server’s hello, which nobody is asked about', () => {
    const { model, flow } = greeted();
    expect(flow.down(0, serverHello(), HELLO.length)).toBe('passed');
    expect(flow.state).toBe(FlowState.allowed);
    expect(model.epoch).toBe(1);
    expect(model.records).toHaveLength(1);
  });

  it('may be sent again as it was, whole or in part', () => {
    const { model, flow } = greeted();
    for (const from of [0, 100]) expect(flow.up(from, HELLO.subarray(from))).toBe('passed');
    expect(flow.state).toBe(FlowState.greeting);
    expect(flow.down(0, serverHello(), HELLO.length)).toBe('passed');
    expect(flow.state).toBe(FlowState.allowed);
    expect(model.records).toHaveLength(1);
  });

  it('cannot be changed afterwards', () => {
    const { model, flow } = greeted();
    expect(flow.up(0, clientHello('xx.qq.com'))).toBe('dropped');
    expect(model.lastVerdict).toBe('drop sent-again-with-other-bytes');
    expect(flow.state).toBe(FlowState.denied);
  });

  it('is followed by nothing before it is answered, but for what clients of TLS may send', () => {
    const changeCipherSpec = Uint8Array.of(20, 3, 3, 0, 1, 1);
    const { flow } = greeted();
    expect(flow.up(HELLO.length, changeCipherSpec)).toBe('passed');
    expect(flow.down(0, serverHello(), HELLO.length)).toBe('passed');
    const other = greeted();
    expect(other.flow.up(HELLO.length, HELLO)).toBe('dropped');
    expect(other.model.lastVerdict).toBe('drop tls-bytes-after-hello');
  });

  it.each([
    ['an alert', Uint8Array.of(21, 3, 3, 0, 2, 2, 40), 'passed', 'allow wechat/web/documented'],
    ['the second part of an answer', serverHello().subarray(30), 'dropped', 'drop tls-record-version'],
    ['something else', Buffer.from('220 mail.example ESMTP\r\n'), 'dropped', 'drop tls-record-version'],
  ])('answered by %s is judged as ever', (_, answer, fate, verdict) => {
    const { model, flow } = greeted();
    expect(flow.down(0, answer, HELLO.length)).toBe(fate);
    expect(model.lastVerdict).toBe(verdict);
  });

  it('answered in two segments that come the wrong way round is judged as ever', () => {
    const { flow } = greeted();
    const answer = serverHello();
    expect(flow.down(20, answer.subarray(20), HELLO.length)).toBe('passed');
    expect(flow.state).toBe(FlowState.pending);
    expect(flow.down(0, answer.subarray(0, 20), HELLO.length)).toBe('passed');
    expect(flow.state).toBe(FlowState.allowed);
  });

  it('after a retry is asked for again, by the same name', () => {
    for (const [name, fate] of [
      ['wx.qq.com', 'passed'],
      ['xx.qq.com', 'dropped'],
    ] as const) {
      const { flow } = greeted();
      expect(flow.down(0, RETRY, HELLO.length)).toBe('passed');
      expect(flow.state).toBe(FlowState.pending);
      const second = clientHello(name);
      expect(flow.up(HELLO.length, second)).toBe(fate);
      if (fate === 'dropped') continue;
      expect(flow.down(RETRY.length, serverHello(), HELLO.length + second.length)).toBe('passed');
      expect(flow.state).toBe(FlowState.allowed);
    }
  });

  it('of which nothing is remembered any more is not believed', () => {
    const { model, flow } = greeted();
    for (let port = 1; port <= MAX_RESTING; port += 1) {
      model
        .flow({ serverPort: 443, clientPort: 40_000 + port })
        .handshake()
        .up(0, HELLO);
    }
    expect(flow.up(0, HELLO)).toBe('dropped');
    expect(model.lastVerdict).toBe('drop in-progress');
  });

  it('of an earlier connection means nothing to the next of the same addresses and ports', () => {
    const { model, flow } = greeted();
    flow.serverStart += 77;
    flow.handshake();
    expect(flow.up(0, clientHello('www.video.example'))).toBe('dropped');
    expect(model.lastVerdict).toBe('drop name-not-allowed');
  });
});
