import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  askedState,
  askingBits,
  asksAsReply,
  clientStartTold,
  type MarkLayout,
  markLayout,
  priorityTelling,
  withState,
} from '../../src/firewall/mark.ts';
import { FlowState } from '../../src/judge/flow-state.ts';

const layouts = fc.integer({ min: 0, max: 28 }).map((shift) => markLayout((0xf << shift) >>> 0));
const states = fc.constantFrom(...Object.values(FlowState));
const askingStates = fc.constantFrom(FlowState.unknown, FlowState.fresh, FlowState.pending, FlowState.followed);
const marks = fc.integer({ min: 0, max: 0xffffffff });

/** The mark of a packet that asks, as the rules put it together. */
function question(mark: number, state: FlowState, isReply: boolean, layout: MarkLayout): number {
  const asked = layout.askedBit | (isReply ? layout.replyBit : 0) | (state << layout.shift);
  return ((mark & ~layout.mask) | asked) >>> 0;
}

test('a packet that asks tells the state of its flow and its direction, whatever the other bits of its mark', () => {
  fc.assert(
    fc.property(layouts, askingStates, fc.boolean(), marks, (layout, state, isReply, mark) => {
      // An answer within a followed flow never asks.
      fc.pre(!(isReply && state === FlowState.followed));
      const asking = question(mark, state, isReply, layout);
      expect(askedState(asking, layout)).toBe(state);
      expect(asksAsReply(asking, layout)).toBe(isReply);
    }),
  );
});

test('no two questions look alike', () => {
  fc.assert(
    fc.property(layouts, (layout) => {
      const questions = [FlowState.unknown, FlowState.fresh, FlowState.pending].flatMap((state) => [
        question(0, state, false, layout),
        question(0, state, true, layout),
      ]);
      const all = [...questions, question(0, FlowState.followed, false, layout), layout.inboundBits];
      expect(new Set(all).size).toBe(8);
    }),
  );
});

test('a packet that opens a flow from outside says so, and is no answer', () => {
  fc.assert(
    fc.property(layouts, marks, (layout, mark) => {
      const inbound = (mark | layout.inboundBits) >>> 0;
      expect(askedState(inbound, layout)).toBe(FlowState.inbound);
      expect(asksAsReply(inbound, layout)).toBe(false);
    }),
  );
});

test('a packet that does not ask tells of no state', () => {
  fc.assert(
    fc.property(layouts, states, marks, (layout, state, mark) => {
      expect(askedState((mark & ~layout.askedBit) >>> 0, layout)).toBe(FlowState.unknown);
      expect(askedState(withState(mark, state, layout), layout)).toBe(FlowState.unknown);
    }),
  );
});

test('a verdict written into a mark is read back, asks nothing more, and no bit outside the mask changes', () => {
  fc.assert(
    fc.property(layouts, states, marks, (layout, state, mark) => {
      const written = withState(mark, state, layout);
      expect((written & layout.stateMask) >>> layout.shift).toBe(state);
      expect(written & layout.askedBit).toBe(0);
      expect((written ^ mark) & ~layout.mask).toBe(0);
      expect(written).toBeGreaterThanOrEqual(0);
    }),
  );
});

test('state bits and the bit that asks make up the mask; direction is one of the state bits', () => {
  fc.assert(
    fc.property(layouts, ({ mask, shift, stateMask, askedBit, replyBit, inboundBits }) => {
      expect((stateMask | askedBit) >>> 0).toBe(mask);
      expect(stateMask & askedBit).toBe(0);
      expect((stateMask & replyBit) >>> 0).toBe(replyBit);
      expect((FlowState.followed << shift) & replyBit).toBe(0);
      expect(inboundBits).toBe(mask);
    }),
  );
});

test.each([0, -1, 0x7, 0x1f, 0xf0f, 0x0f00000000, 0xe0000000])('%i is not four adjacent bits', (mask) => {
  expect(() => markLayout(mask)).toThrow(RangeError);
});

test('a priority tells the number whose bytes it has in the order of the network; 0 tells none', () => {
  const priorityOf = (start: number) => Buffer.from(Uint32Array.of(start).buffer).readUInt32BE();
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 0xffffffff }), (start) => {
      expect(clientStartTold(priorityOf(start))).toBe(start);
    }),
  );
  expect(clientStartTold(0)).toBe(-1);
});

test('made-up packets ask as the rules have real ones ask', () => {
  fc.assert(
    fc.property(layouts, askingStates, fc.integer({ min: 1, max: 0xffffffff }), (layout, state, start) => {
      expect(askingBits(state, layout)).toBe(question(0, state, false, layout));
      expect(clientStartTold(priorityTelling(start))).toBe(start);
    }),
  );
});
