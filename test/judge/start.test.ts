import { describe, expect, it } from 'vitest';
import { FlowState } from '../../src/judge/flow-state.ts';
import { GatewayModel } from './gateway-model.ts';
import { clientHello, request, wechatFrame } from './messages.ts';

const CHAT = Buffer.from(request('short.weixin.qq.com'));
const WEB = Buffer.from(request('www.video.example'));
/** A request that would make all that follows its body. */
const COVER = Buffer.from('POST / HTTP/1.1\r\nHost: short.weixin.qq.com\r\nContent-Length: 100000\r\n\r\n');
const SYN = { flags: 'S' };

/** First messages, and answers after which the client is still read. */
const MESSAGES = [
  ['a request', 80, CHAT, ['', 'HTTP/1.1 200 OK\r\n\r\n']],
  ['a request with a long body', 80, COVER, ['', 'HTTP/1.1 200 OK\r\n\r\n']],
  ['a hello', 443, clientHello('wx.qq.com'), ['']],
  ['a frame', 8080, wechatFrame(6), ['', wechatFrame(1_000_000_006)]],
] as const;

function begin(serverPort: number) {
  const model = new GatewayModel();
  return { model, flow: model.flow({ serverPort }).handshake() };
}

describe.each(MESSAGES)('%s in front of the connection’s first byte', (_, port, message, answers) => {
  it('is denied when it comes first', () => {
    const { model, flow } = begin(port);
    expect(flow.up(-message.length, message)).toBe('dropped');
    expect(model.lastVerdict).toBe('drop bytes-before-start');
    expect(flow.state).toBe(FlowState.denied);
  });

  it('is denied wherever it begins, and however far it reaches into the stream', () => {
    for (const before of [1, 2, message.length - 1, message.length + 1, 60_000, 2 ** 30, 2 ** 31]) {
      const { model, flow } = begin(port);
      expect(flow.up(-before, message), `${before} in front`).toBe('dropped');
      expect(model.lastVerdict).toBe('drop bytes-before-start');
    }
  });

  it('is denied behind a first message, before the answer and after it', () => {
    for (const answer of answers) {
      const { model, flow } = begin(port);
      expect(flow.up(0, message)).toBe('passed');
      if (answer.length > 0) expect(flow.down(0, answer, message.length)).toBe('passed');
      expect(flow.up(-message.length, message)).toBe('dropped');
      expect(model.lastVerdict).toBe('drop bytes-before-start');
    }
  });
});

describe('a stream starts where the server said', () => {
  it('at any sequence number, also where those begin anew', () => {
    for (const start of [0, 1, 0x7fffffff, 0x80000000, 0xffffffff - CHAT.length, 0xffffffff]) {
      const model = new GatewayModel();
      const flow = model.flow({ serverPort: 80 });
      flow.clientStart = start;
      flow.handshake();
      expect(flow.up(0, CHAT)).toBe('passed');
      expect(flow.up(-1, CHAT.subarray(0, 1))).toBe('dropped');
      expect(model.lastVerdict).toBe('drop bytes-before-start');
    }
  });

  it('and no segment without payload moves it', () => {
    const { model, flow } = begin(80);
    flow.up(-COVER.length, '', { flags: 'A', ipOptions: Uint8Array.of(1, 1, 1, 1) });
    expect(flow.up(-COVER.length, COVER)).toBe('dropped');
    expect(model.lastVerdict).toBe('drop bytes-before-start');
  });

  it('and where the kernel tells nothing, the SYN-ACK itself says it', () => {
    for (const [, port, message] of MESSAGES) {
      const model = new GatewayModel();
      const flow = model.flow({ serverPort: port });
      flow.state = FlowState.fresh;
      expect(flow.down(-1, '', 0, { flags: 'SA' })).toBe('passed');
      expect(flow.up(-message.length, message)).toBe('dropped');
      expect(model.lastVerdict).toBe('drop bytes-before-start');
      const another = model.flow({ serverPort: port, clientPort: 40_001 });
      another.state = FlowState.fresh;
      another.down(-1, '', 0, { flags: 'SA' });
      // Sent once more, as if the first had been lost.
      another.down(-1, '', 0, { flags: 'SA' });
      expect(another.up(0, message)).toBe('passed');
      expect(another.down(0, '', message.length, { flags: 'A', ipOptions: Uint8Array.of(1, 1, 1, 1) })).toBe('passed');
    }
  });

  it('and where nobody saw that, nothing passes', () => {
    for (const [, port, message] of MESSAGES) {
      const model = new GatewayModel();
      const flow = model.flow({ serverPort: port });
      flow.state = FlowState.fresh;
      expect(flow.up(0, message)).toBe('dropped');
      expect(model.lastVerdict).toBe('drop handshake-unseen');
    }
  });

  it('and the newest handshake of the same addresses and ports is the one that counts', () => {
    const { flow } = begin(80);
    flow.clientStart += COVER.length;
    flow.handshake();
    expect(flow.up(-COVER.length, COVER)).toBe('dropped');
  });
});

describe('data on a SYN', () => {
  it('is data: it is judged from the byte behind the SYN', () => {
    for (const [payload, fate] of [
      [CHAT, 'passed'],
      [WEB, 'dropped'],
    ] as const) {
      expect(new GatewayModel().flow({ serverPort: 80 }).up(-1, payload, SYN)).toBe(fate);
    }
  });

  it('goes on behind a SYN-ACK that comes itself, and not behind that of another SYN', () => {
    for (const [taken, fate] of [
      [CHAT.length, 'passed'],
      [-1, 'dropped'],
    ] as const) {
      const model = new GatewayModel();
      const flow = model.flow({ serverPort: 80 });
      model.ask(
        {
          source: '10.0.0.2',
          destination: '203.0.113.5',
          sourcePort: 40_000,
          destinationPort: 80,
          flags: 'S',
          sequence: flow.clientStart - 1,
          payload: CHAT,
        },
        FlowState.unknown,
        false,
      );
      flow.state = FlowState.pending;
      expect(flow.down(-1, '', taken, { flags: 'SA' })).toBe(fate);
    }
  });

  const syn = (payload: Uint8Array) => {
    const model = new GatewayModel();
    const flow = model.flow({ serverPort: 80 });
    expect(flow.up(-1, payload, SYN)).toBe('passed');
    return { model, flow };
  };

  it.each([
    ['without its data', 0],
    ['with half of its data', CHAT.length >> 1],
    ['with all of its data', CHAT.length],
  ])('goes on when the server takes the SYN %s', (_, taken) => {
    const { flow } = syn(CHAT);
    flow.accepted(taken);
    expect(flow.up(taken, CHAT.subarray(taken))).toBe('passed');
    expect(flow.up(CHAT.length, WEB)).toBe('dropped');
  });

  it('has answers asked about until the server has said which SYN it took', () => {
    const { flow } = syn(CHAT);
    expect(flow.state).toBe(FlowState.pending);
    expect(flow.down(-1, '', CHAT.length, { flags: 'SA' })).toBe('passed');
    expect(flow.state).toBe(FlowState.followed);
  });

  it.each([
    ['one that starts earlier', -1],
    ['one that starts behind all of it', CHAT.length + 1],
    ['one far away', 2 ** 31],
  ])('is denied when the server takes another SYN: %s', (_, start) => {
    const { model, flow } = syn(CHAT);
    flow.accepted(start);
    expect(flow.up(0, CHAT)).toBe('dropped');
    expect(model.lastVerdict).toBe('drop syn-in-connection');
  });
});
