/** What has happened since the queue was opened. What the kernel itself dropped stands in `QueueStatus`. */
export interface Counters {
  /** Packets handed out by `receive`. */
  received: number;
  /** Verdicts given; those on broken messages are among the drops. */
  accepted: number;
  dropped: number;
  /** Messages cut short, self-contradictory or of an unknown kind. Where a packet's id was readable it was dropped. */
  malformed: number;
  /** Times the kernel said (ENOBUFS) that messages were lost for want of room in the receive buffer. */
  overflows: number;
  /** Times the kernel did not take the buffered verdicts; they stay buffered and are sent again. */
  sendFailures: number;
  /** Verdicts given while the buffer was full and could not be sent: their packets wait until the queue is closed. */
  lostVerdicts: number;
  /** Verdicts the kernel took but could not use, mostly because the packet had left (its interface went down). */
  refusedVerdicts: number;
}

export function zeroCounters(): Counters {
  return {
    received: 0,
    accepted: 0,
    dropped: 0,
    malformed: 0,
    overflows: 0,
    sendFailures: 0,
    lostVerdicts: 0,
    refusedVerdicts: 0,
  };
}
