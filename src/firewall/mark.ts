import { FlowState } from '../judge/flow-state.ts';

/** Where the flow mark stands in a 32-bit mark: three state bits, and above them one for the reply direction. */
export interface MarkLayout {
  /** Four adjacent bits. */
  readonly mask: number;
  readonly shift: number;
  readonly stateMask: number;
  readonly replyBit: number;
}

/** @throws RangeError unless `mask` is four adjacent bits of a 32-bit word. */
export function markLayout(mask: number): MarkLayout {
  const shift = 31 - Math.clz32(mask & -mask);
  if (mask <= 0 || mask > 0xffffffff || mask >>> shift !== 0xf) {
    throw new RangeError(`0x${mask.toString(16)} is not four adjacent bits of a 32-bit mark`);
  }
  return { mask: mask >>> 0, shift, stateMask: (7 << shift) >>> 0, replyBit: (8 << shift) >>> 0 };
}

const STATES: readonly FlowState[] = Object.values(FlowState);

/** A state nobody gives reads as unknown. */
export function stateOf(mark: number, layout: MarkLayout): FlowState {
  return STATES[(mark & layout.stateMask) >>> layout.shift] ?? FlowState.unknown;
}

/** `mark` with its flow state set and its direction bit cleared; every bit outside the mask stays as it was. */
export function withState(mark: number, state: FlowState, layout: MarkLayout): number {
  return ((mark & ~layout.mask) | (state << layout.shift)) >>> 0;
}
