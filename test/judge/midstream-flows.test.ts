import { describe, expect, it } from 'vitest';
import { FlowState } from '../../src/judge/flow-state.ts';
import { GatewayModel } from './gateway-model.ts';
import { CHAT, clientHello, serverHello } from './messages.ts';

describe('flows the judge did not see from the start', () => {
  it.each([
    ['older than the rules', FlowState.unknown],
    ['undecided under an earlier judge', FlowState.pending],
  ])('%s: denied with a reason of their own, chat or not', (_, known) => {
    const model = new GatewayModel();
    const flow = model.flow({ serverPort: 80 });
    flow.state = known;
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
});
