import { describe, expect, it } from 'vitest';
import { FlowState } from '../../src/judge/flow-state.ts';
import { ENOUGH_EVIDENCE_BYTES, MAX_BYTES_HELD, UNDECIDED_IDLE_MS } from '../../src/judge/limits.ts';
import { message as dnsMessage } from '../dissect/dns/messages.ts';
import { GatewayModel } from './gateway-model.ts';
import { clientHello, request, serverHello, wechatFrame } from './messages.ts';

const CHAT = request('short.weixin.qq.com');
const WEB = request('www.video.example');
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

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

describe('flows the judge did not see from the start', () => {
  it('older than the rules: denied with their own reason', () => {
    const model = new GatewayModel();
    expect(model.flow({ serverPort: 80 }).up(0, CHAT)).toBe('dropped');
    expect(model.lastVerdict).toBe('drop in-progress');
  });

  it('undecided under an earlier judge: denied', () => {
    const model = new GatewayModel();
    const flow = model.flow({ serverPort: 80 });
    flow.state = FlowState.pending;
    expect(flow.up(0, CHAT)).toBe('dropped');
    expect(model.lastVerdict).toBe('drop in-progress');
  });

  it('followed by an earlier judge: denied, for nobody knows how much the server has taken already', () => {
    const model = new GatewayModel();
    const flow = model.flow({ serverPort: 80 });
    flow.state = FlowState.followed;
    expect(flow.up(4711, CHAT)).toBe('dropped');
    expect(model.lastVerdict).toBe('drop no-longer-remembered');
  });

  it.each([
    ['at rest', 0, FlowState.greeting],
    ['not at rest', 1, FlowState.pending],
  ])(
    'an answer that comes from where the client is, of a flow %s: dropped, and it still waits',
    (_, missing, state) => {
      const model = new GatewayModel();
      const flow = model.flow({ serverPort: 443 }).handshake();
      const hello = clientHello('wx.qq.com');
      flow.up(0, hello.subarray(0, hello.length - missing));
      expect(flow.state).toBe(state);
      const forged = { source: '203.0.113.5', destination: '10.0.0.2', sourcePort: 443, destinationPort: 40_000 };
      const numbers = { sequence: flow.serverStart, acknowledgement: flow.clientStart + hello.length };
      const answer = { ...forged, ...numbers, flags: 'PA', payload: serverHello() };
      expect(model.ask(answer, FlowState.inbound, false)).toEqual({ fate: 'dropped', state: FlowState.unknown });
      expect(flow.up(0, clientHello('xx.qq.com'))).toBe('dropped');
      expect(model.lastVerdict).toBe('drop sent-again-with-other-bytes');
    },
  );

  it('opened from outside, and neither TCP nor UDP: denied with their own reasons', () => {
    const model = new GatewayModel();
    const ends = { source: '203.0.113.5', destination: '10.0.0.2' };
    expect(model.ask({ ...ends, flags: 'S' }, FlowState.inbound, false).fate).toBe('dropped');
    expect(model.lastVerdict).toBe('drop opened-from-outside');
    expect(model.ask({ ...ends, protocol: 47, payload: 'gre' }, FlowState.unknown, false).fate).toBe('dropped');
    expect(model.lastVerdict).toBe('drop not-tcp-or-udp');
  });
});

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
    for (const [client, server] of [
      [0, 0],
      [1_000, 1],
      [1_000, 70_000],
    ] as const) {
      const model = new GatewayModel();
      const flow = model.flow({ serverPort: 80 }).handshake();
      flow.up(0, CHAT.slice(0, -2));
      flow.clientStart += client;
      flow.serverStart += server;
      flow.handshake();
      expect(flow.up(0, WEB)).toBe('dropped');
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
  });
});

it('urgent data is denied: what it does to the bytes around it depends on the reader (RFC 6093)', () => {
  const model = new GatewayModel();
  const flow = model.flow({ serverPort: 80 }).handshake();
  expect(flow.up(0, CHAT, { flags: 'PAU' })).toBe('dropped');
  expect(model.lastVerdict).toBe('drop urgent-data');
});

it('data on a SYN is data: it is judged from the byte behind the SYN', () => {
  for (const [payload, fate] of [
    [CHAT, 'passed'],
    [WEB, 'dropped'],
  ] as const) {
    const model = new GatewayModel();
    const flow = model.flow({ serverPort: 80 });
    expect(flow.up(-1, payload, { flags: 'S' })).toBe(fate);
    if (fate === 'passed') {
      flow.down(0, OK, CHAT.length);
      expect(flow.state).toBe(FlowState.followed);
    }
  }
});

describe('what is remembered', () => {
  it('of all unfinished messages together is bounded, and the oldest goes first', () => {
    const model = new GatewayModel();
    const piece = new Uint8Array(60_000).fill(0x41);
    const flows = Array.from({ length: 700 }, (_, i) =>
      model.flow({ serverPort: 80, clientPort: 1024 + i }).handshake(),
    );
    for (const flow of flows) {
      flow.up(0, 'GET / HT');
      flow.up(10_000, piece);
      flow.up(80_000, piece);
      expect(model.judge.bytesHeld).toBeLessThanOrEqual(MAX_BYTES_HELD);
    }
    expect(model.lastVerdict).toBe('drop too-much-remembered');
    expect(flows.at(-1)?.up(8, CHAT.slice(8))).not.toBe('dropped');
    expect(flows.at(0)?.up(8, 'TP/1.1')).toBe('dropped');
    model.judge.finish();
    expect(model.judge.bytesHeld).toBe(0);
  });

  it('of one connection is bounded, however many requests wait for an answer', () => {
    const model = new GatewayModel();
    const flow = model.flow({ serverPort: 80 }).handshake();
    const many = CHAT.repeat(200);
    let sent = 0;
    for (; sent < 20_000_000 && flow.up(sent, many) === 'passed'; sent += many.length);
    expect(model.lastVerdict).toBe('drop too-much-unacknowledged');
    expect(sent).toBeGreaterThan(500_000);
    expect(model.judge.bytesHeld).toBe(0);
  });

  it('of datagrams is counted until they are answered', () => {
    const model = new GatewayModel();
    const flow = model.flow({ serverPort: 53, protocol: 17 });
    flow.up(0, dnsMessage());
    expect(model.judge.bytesHeld).toBeGreaterThan(0);
    flow.down(0, dnsMessage({ flags: 0x8180, counts: [1, 0, 0, 0] }), 0);
    expect(model.judge.bytesHeld).toBe(0);
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

describe('a SYN inside a connection, which the server ignores', () => {
  const syn = { flags: 'S' };

  it('does not make the judge start afresh, whatever the kernel knows by then', () => {
    for (const known of [FlowState.fresh, FlowState.pending, FlowState.followed]) {
      const model = new GatewayModel();
      const flow = model.flow({ serverPort: 80 }).handshake();
      flow.up(0, CHAT);
      flow.state = known;
      expect(flow.up(-1_000, CHAT, syn)).toBe('dropped');
      expect(model.lastVerdict).toBe('drop syn-in-connection');
    }
  });

  it('is no start of a connection the kernel already knows', () => {
    for (const known of [FlowState.fresh, FlowState.followed]) {
      const model = new GatewayModel();
      const flow = model.flow({ serverPort: 80 });
      flow.state = known;
      expect(flow.up(-1_000, CHAT, syn)).toBe('dropped');
      expect(model.lastVerdict).toBe('drop syn-in-connection');
    }
  });

  it('is no start behind a segment without payload either', () => {
    const model = new GatewayModel();
    const flow = model.flow({ serverPort: 80 }).handshake();
    flow.up(0, '', { flags: 'A', ipOptions: Uint8Array.of(1, 1, 1, 1) });
    expect(flow.up(-1_000, CHAT, syn)).toBe('dropped');
    expect(model.lastVerdict).toBe('drop syn-in-connection');
  });

  it('is allowed to be the first one again', () => {
    const model = new GatewayModel();
    const flow = model.flow({ serverPort: 80 });
    expect(flow.up(-1, CHAT, syn)).toBe('passed');
    expect(flow.up(-1, CHAT, syn)).toBe('passed');
    expect(flow.up(0, CHAT)).toBe('passed');
    flow.down(0, OK, CHAT.length);
    expect(flow.state).toBe(FlowState.followed);
  });
});

it('a SYN to a port that nothing is allowed on is denied there and then', () => {
  const model = new GatewayModel();
  expect(model.flow({ serverPort: 25 }).up(-1, '', { flags: 'S' })).toBe('dropped');
  expect(model.lastVerdict).toBe('drop port-not-allowed');
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
