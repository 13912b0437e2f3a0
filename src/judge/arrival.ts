import type { FlowState } from './flow-state.ts';

/** What the source knows of a packet beside its bytes. One object is reused for packet after packet. */
export interface Arrival {
  /** By the source’s clock: Unix time of a capture; of the kernel a clock that never jumps. */
  atMs: number;
  /** What the kernel remembers of the flow; `fresh` from a source that remembers nothing. */
  known: FlowState;
  /** Whether the packet goes against the direction the flow was opened in; null where the source cannot tell. */
  isReply: boolean | null;
  /**
   * The sequence number of the client's first byte, unsigned, as the server's SYN-ACK said; −1 where the source does not
   * tell.
   */
  clientStart: number;
  inInterface: string | null;
  /** Where in `macBytes` the sender's 6-byte hardware address stands; −1 where the source does not know it. */
  sourceMacAt: number;
  macBytes: Uint8Array;
  /**
   * How often the source had handed over everything it had when this packet's batch was fetched. A packet of a later
   * epoch than the one after a verdict was queued when the kernel already knew that verdict.
   */
  epoch: number;
}

/** What becomes of a packet, and what the kernel shall remember of its flow (`unknown`: leave that as it is). */
export interface Judgement {
  act: 'accept' | 'drop';
  state: FlowState;
}
