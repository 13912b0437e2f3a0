import { describe, expect, it } from 'vitest';
import { MAX_BYTES_HELD } from '../../src/judge/limits.ts';
import { message as dnsMessage } from '../dissect/dns/messages.ts';
import { GatewayModel } from './gateway-model.ts';
import { CHAT } from './messages.ts';

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
