/** The state of a flow as the judge and the kernel both know it; the numbers stand in the conntrack mark. */
export const FlowState = {
  /** Never seen by the gateway's rules; a TCP segment of such a flow belongs to a connection older than they are. */
  unknown: 0,
  /** TCP: the rules saw the SYN, no payload yet. */
  fresh: 1,
  /** Payload has been judged and nothing is settled: both directions go to user space. */
  pending: 2,
  /** Allowed, and the client's payload is still read: the answers, of which the SYN-ACK is behind, are the kernel's. */
  followed: 3,
  /**
   * Never in a mark as it is (see `MarkLayout`): the packet goes the wrong way, towards the phones and opens a flow, or
   * comes from where they are and answers in one.
   */
  inbound: 4,
  /** Settled: dropped or refused by the kernel. */
  denied: 5,
  /**
   * Allowed, once the server has said hello. The kernel knows a ServerHello when it sees one; anything else that has
   * payload goes to user space, as if the flow were pending.
   */
  greeting: 6,
  /** Settled: the kernel's alone. No other state has the bits of `followed`: one comparison finds whose answers pass. */
  allowed: 7,
} as const;

export type FlowState = (typeof FlowState)[keyof typeof FlowState];
