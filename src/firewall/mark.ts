import { FlowState } from '../judge/flow-state.ts';

/**
 * Where the flow mark stands in a 32-bit mark. Three state bits hold a flow's state in the conntrack mark and a verdict
 * in the packet mark. The fourth is set on a packet that is put before user space, and says that nobody has answered
 * yet; such a packet tells the state of its flow in the two lower bits, and its direction in the third.
 */
export interface MarkLayout {
  /** Four adjacent bits. */
  readonly mask: number;
  readonly shift: number;
  readonly stateMask: number;
  /** On a packet: user space is asked. */
  readonly askedBit: number;
  /** On a packet that asks: it travels in the reply direction of its flow. */
  readonly replyBit: number;
  /** What a packet asks with that goes the wrong way (`FlowState.inbound`); otherwise answers within followed flows would. */
  readonly inboundBits: number;
}

/** The states a flow can be in when a packet of it asks. */
const ASKING = [FlowState.unknown, FlowState.fresh, FlowState.pending, FlowState.followed] as const;

/** @throws RangeError unless `mask` is four adjacent bits of a 32-bit word. */
export function markLayout(mask: number): MarkLayout {
  const shift = 31 - Math.clz32(mask & -mask);
  if (mask <= 0 || mask > 0xffffffff || mask >>> shift !== 0xf) {
    throw new RangeError(`0x${mask.toString(16)} is not four adjacent bits of a 32-bit mark`);
  }
  const bits = (value: number) => (value << shift) >>> 0;
  return {
    mask: mask >>> 0,
    shift,
    stateMask: bits(7),
    askedBit: bits(8),
    replyBit: bits(4),
    inboundBits: bits(0xf),
  };
}

/** The bits with which a packet of a flow in this state asks, in the direction of its client. */
export function askingBits(state: FlowState, { askedBit, shift, inboundBits }: MarkLayout): number {
  return state === FlowState.inbound ? inboundBits : (askedBit | (state << shift)) >>> 0;
}

/** The state of the flow that a packet asks about; unknown where it does not ask. */
export function askedState(mark: number, layout: MarkLayout): FlowState {
  const question = (mark & layout.mask) >>> layout.shift;
  if (question === 0xf) return FlowState.inbound;
  return question < 8 ? FlowState.unknown : (ASKING[question & 3] ?? FlowState.unknown);
}

/** Whether a packet that asks is an answer within its flow. */
export function asksAsReply(mark: number, layout: MarkLayout): boolean {
  return (mark & layout.replyBit) !== 0 && (mark & layout.mask) >>> layout.shift !== 0xf;
}

/** `mark` with the verdict `state`, no question any more; every bit outside the mask stays as it was. */
export function withState(mark: number, state: FlowState, layout: MarkLayout): number {
  return ((mark & ~layout.mask) | (state << layout.shift)) >>> 0;
}

/**
 * The sequence number a packet's priority tells (see `Dealings.starts`), unsigned; −1 where it tells none. That of a
 * client's stream that starts with 0 is not told apart from none: one in four thousand million.
 */
export function clientStartTold(priority: number): number {
  return priority === 0 ? -1 : priorityTelling(priority);
}

/** The priority that tells where a client's stream starts: the number's bytes in the other order, and so back again. */
export function priorityTelling(start: number): number {
  return ((start << 24) | ((start & 0xff00) << 8) | ((start >>> 8) & 0xff00) | (start >>> 24)) >>> 0;
}
