import type { RuleId } from '../classify/decision.ts';
import type { Facts } from '../dissect/facts.ts';

/** One verdict on one flow, as the judge hands it to the log. The record owns all its bytes. */
export interface VerdictRecord {
  /** By the clock of the judge's packets. */
  readonly atMs: number;
  /** Unique within one run of one judge; at most 2^53. */
  readonly flowId: number;
  /** The interface the flow's first packet came in on; null where the source does not know. */
  readonly inInterface: string | null;
  /**
   * The client's address in network order, `addressBytes` long (4 or 16); behind it the server's; and behind that,
   * where the source knows it, the client's hardware address, 6 bytes.
   */
  readonly addresses: Uint8Array;
  readonly addressBytes: number;
  /** 0 where the protocol has no ports. */
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** IANA protocol number: 6 TCP, 17 UDP. */
  readonly protocol: number;
  readonly facts: Facts | null;
  readonly action: 'allow' | 'drop';
  readonly rule: RuleId | null;
  /** Kebab-case words: `allowed-by-rule` or why it was dropped. */
  readonly reason: string;
}
