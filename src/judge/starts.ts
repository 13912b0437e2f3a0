import type { Packet } from '../packet/packet.ts';
import { TCP } from '../packet/protocol-number.ts';
import { isAcceptance } from '../packet/tcp.ts';
import type { Flow } from './flow.ts';
import { FlowState } from './flow-state.ts';
import { ForgottenFlows } from './forgotten-flows.ts';
import { isOpening } from './opening.ts';
import { TcpConversation, UNKNOWN_START } from './tcp-conversation.ts';

/** The sequence number of a client's first byte, unsigned; null where its handshake is not known. By the key's hash. */
export type StartOf = (hash: number) => number | null;

/**
 * Where clients' streams start, so that no bytes are read in front of that: a server ignores those, and whoever reads
 * them can be told anything. Where handshakes pass unseen, servers' SYN-ACKs say it; of flows that were forgotten, what
 * had been seen of them does.
 */
export class Starts {
  readonly #startOf: StartOf | null;
  readonly #forgotten = new ForgottenFlows();

  /** @param startOf null where every packet is seen, handshakes too. */
  constructor(startOf: StartOf | null) {
    this.#startOf = startOf;
  }

  /** Whether flows that are forgotten here go on in the kernel. */
  get areKept(): boolean {
    return this.#startOf !== null;
  }

  /**
   * The sequence number of the client's first byte that counts, by the first packet seen of a flow; −1 where it need
   * not be known, and why there is nothing to read where it ought to be and is not.
   */
  find(hash: number, packet: Packet, known: FlowState, fromClient: boolean): number | string {
    if (packet.protocol !== TCP) return UNKNOWN_START;
    if (isOpening(packet)) return (packet.sequence + 1) >>> 0;
    if (this.#startOf === null) return UNKNOWN_START;
    if (known === FlowState.followed) {
      const sequence = fromClient ? packet.sequence : packet.acknowledgement;
      return this.#forgotten.mayGoOn(hash, sequence) ? sequence : 'no-longer-remembered';
    }
    this.#forgotten.drop(hash);
    // A SYN-ACK that is not copied, because its headers are unusual, comes here itself.
    if (!fromClient && isAcceptance(packet)) return packet.acknowledgement;
    return this.#startOf(hash) ?? 'handshake-unseen';
  }

  /** Whether the server took another SYN's connection than the one that was seen here, with data on it. */
  contradict(flow: Flow, packet: Packet): boolean {
    const { opening } = flow;
    if (this.#startOf === null || opening === null || opening.isConfirmed || isOpening(packet)) return false;
    const start = this.#startOf(flow.keyHash);
    opening.isConfirmed = start !== null && (start - opening.sequence - 1) >>> 0 <= opening.payloadBytes;
    return !opening.isConfirmed;
  }

  /** The flow is remembered no more; should it go on in the kernel, it is read from behind what was seen. */
  forget(flow: Flow): void {
    if (flow.state !== FlowState.followed || !(flow.conversation instanceof TcpConversation)) return;
    const { clientEnd } = flow.conversation;
    if (clientEnd !== null) this.forgetAt(flow.keyHash, clientEnd);
  }

  /** @param seenEnd the sequence number behind all that was seen of the client. */
  forgetAt(hash: number, seenEnd: number): void {
    if (this.#startOf !== null) this.#forgotten.note(hash, seenEnd);
  }
}
