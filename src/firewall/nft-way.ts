/** What of the rules depends on the kernel. */
export interface NftWay {
  /** By which statement packets are handed over; nft cannot write that of xtables, see `queue-rule.ts`. */
  readonly queueing: 'nft' | 'xtables';
  /**
   * How user space learns where a client's stream starts: the kernel keeps what the server's SYN-ACK says and tells it
   * with each question, or the SYN-ACK is a question itself.
   */
  readonly starts: 'told' | 'asked';
}
