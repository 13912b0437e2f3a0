import type { Endpoint, RuleId } from '../classify/decision.ts';
import type { Facts } from '../dissect/facts.ts';
import type { AgeList } from '../flow/age-list.ts';
import type { Packet } from '../packet/packet.ts';
import { UDP } from '../packet/protocol-number.ts';
import type { Arrival } from './arrival.ts';
import { FlowState } from './flow-state.ts';
import type { TcpConversation } from './tcp-conversation.ts';
import type { UdpConversation } from './udp-conversation.ts';
import type { VerdictRecord } from './verdict-record.ts';

const MAC_BYTES = 6;

export interface Opening {
  readonly sequence: number;
  /** How much payload it carried. */
  readonly payloadBytes: number;
  /** Whether the server is known to have answered this SYN. */
  isConfirmed: boolean;
}

/** One flow: who talks to whom, what is settled, and while something is not, the conversation. */
export class Flow implements Endpoint {
  older: Flow | null = null;
  newer: Flow | null = null;
  lastSeenMs = 0;
  list: AgeList<Flow> | null = null;
  slot = -1;

  readonly id: number;
  readonly protocol: number;
  /** The server's; without meaning for protocols without ports. */
  readonly port: number;
  /** Whether the client is the end that comes first in the flow's key. */
  readonly isClientFirst: boolean;
  readonly #inInterface: string | null;
  /** The client's address, behind it the server's, and behind that the sender's hardware address where it is known. */
  readonly addresses: Uint8Array;
  readonly addressBytes: number;
  readonly #clientPort: number;

  /** The hash of the flow's key. */
  keyHash = 0;
  state: FlowState = FlowState.fresh;
  /** Null once nothing more has to be read. */
  conversation: TcpConversation | UdpConversation | null = null;
  /** What the conversation held when that was last counted. */
  bytesHeld = 0;
  facts: Facts | null = null;
  rule: RuleId | null = null;
  reason = '';
  /** When the last verdict was given, in the source's drains (see `Arrival.epoch`). */
  epoch = 0;
  /** The SYN, where one was seen. */
  opening: Opening | null = null;
  /** TCP: the sequence number of the server's first byte, as the client's first segment says; −1 where none was seen. */
  serverStart = -1;
  /** Whether payload of the server has been judged. */
  hasServerSpoken = false;
  deniedAtMs = 0;
  isReported = false;

  constructor(id: number, packet: Packet, isFromClient: boolean, isClientFirst: boolean, arrival: Arrival) {
    const { bytes, sourceAt, destinationAt, addressLength } = packet;
    const clientAt = isFromClient ? sourceAt : destinationAt;
    const serverAt = isFromClient ? destinationAt : sourceAt;
    this.id = id;
    this.protocol = packet.protocol;
    this.isClientFirst = isClientFirst;
    this.#inInterface = arrival.inInterface;
    const { macBytes, sourceMacAt } = arrival;
    const hasMac = sourceMacAt >= 0;
    const addresses = new Uint8Array(2 * addressLength + (hasMac ? MAC_BYTES : 0));
    for (let i = 0; i < addressLength; i += 1) {
      addresses[i] = bytes[clientAt + i] ?? 0;
      addresses[addressLength + i] = bytes[serverAt + i] ?? 0;
    }
    for (let i = 0; hasMac && i < MAC_BYTES; i += 1) addresses[2 * addressLength + i] = macBytes[sourceMacAt + i] ?? 0;
    this.addresses = addresses;
    this.addressBytes = addressLength;
    this.#clientPort = isFromClient ? packet.sourcePort : packet.destinationPort;
    this.port = isFromClient ? packet.destinationPort : packet.sourcePort;
  }

  get transport(): 'tcp' | 'udp' {
    return this.protocol === UDP ? 'udp' : 'tcp';
  }

  record(atMs: number): VerdictRecord {
    return {
      atMs,
      flowId: this.id,
      inInterface: this.#inInterface,
      addresses: this.addresses,
      addressBytes: this.addressBytes,
      sourcePort: this.#clientPort,
      destinationPort: this.port,
      protocol: this.protocol,
      facts: this.facts,
      action: this.state === FlowState.denied ? 'drop' : 'allow',
      rule: this.rule,
      reason: this.reason,
    };
  }

  /** The server's. */
  get address(): Uint8Array {
    return this.addresses.slice(this.addressBytes, 2 * this.addressBytes);
  }
}
