import { describe, expect, it } from 'vitest';
import { FlowState } from '../../src/judge/flow-state.ts';
import { GatewayModel } from './gateway-model.ts';
import { CHAT, OK } from './messages.ts';

it('urgent data is denied: what it does to the bytes around it depends on the reader (RFC 6093)', () => {
  const model = new GatewayModel();
  const flow = model.flow({ serverPort: 80 }).handshake();
  expect(flow.up(0, CHAT, { flags: 'PAU' })).toBe('dropped');
  expect(model.lastVerdict).toBe('drop urgent-data');
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
