import fc from 'fast-check';
import { expect, test } from 'vitest';
import { markLayout, stateOf, withState } from '../../src/firewall/mark.ts';
import { FlowState } from '../../src/judge/flow-state.ts';

const layouts = fc.integer({ min: 0, max: 28 }).map((shift) => markLayout((0xf << shift) >>> 0));
const states = fc.constantFrom(...Object.values(FlowState));
const marks = fc.integer({ min: 0, max: 0xffffffff });

test('a state written into a mark is read back, and no bit outside the mask changes', () => {
  fc.assert(
    fc.property(layouts, states, marks, (layout, state, mark) => {
      const written = withState(mark, state, layout);
      expect(stateOf(written, layout)).toBe(state);
      expect((written ^ mark) & ~layout.mask).toBe(0);
      expect(written & layout.replyBit).toBe(0);
    }),
  );
});

test('state bits and direction bit make up the mask', () => {
  fc.assert(
    fc.property(layouts, ({ mask, stateMask, replyBit }) => {
      expect((stateMask | replyBit) >>> 0).toBe(mask);
      expect(stateMask & replyBit).toBe(0);
    }),
  );
});

test.each([0, -1, 0x7, 0x1f, 0xf0f, 0x0f00000000, 0xe0000000])('%i is not four adjacent bits', (mask) => {
  expect(() => markLayout(mask)).toThrow(RangeError);
});
