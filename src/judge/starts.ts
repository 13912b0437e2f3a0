import type { Packet } from '../packet/packet.ts';
import { TCP } from '../packet/protocol-number.ts';
import { isAcceptance } from '../packet/tcp.ts';
import type { Arrival } from './arrival.ts';
import type { Flow } from './flow.ts';
import { FlowState } from './flow-state.ts';
import { ForgottenFlows } from './forgotten-flows.ts';
import { isOpening } from './opening.ts';
import { TcpConversation, UNKNOWN_START } from './tcp-conversation.ts';

/**
 * Where clients' streams start, so that no bytes are read in front of that: a server ignores those, and whoever reads
 * them can be told anything. Where handshakes pass unseen, servers' SYN-ACKs say it; of flows that were forgotten, what
 * had been seen of them does.
 */
export class Starts {
  /** Whether flows that are forgotten here go on in the kernel. */
  readonly areKept: boolean;
  readonly #forgotten = new ForgottenFlows();

  /** @param seesHandshakes whether every packet is seen, handshakes too, and nothing goes on without being seen. */
  constructor(seesHandshakes: boolean) {
    this.areKept = !seesHandshakes;
  }

  /**
   * The sequence number of the client's first byte that counts, by the first packet seen of a flow; −1 where it need
   * not be known, and why there is nothing to read where it ought to be and is not.
   */
  find(hash: number, packet: Packet, arrival: Arrival, fromClient: boolean): number | string {
    if (packet.protocol !== TCP) return UNKNOWN_START;
    if (isOpening(packet)) return (packet.sequence + 1) >>> 0;
    if (!this.areKept) return UNKNOWN_START;
    if (arrival.known === FlowState.followed) {
      const sequence = fromClient ? packet.sequence : packet.acknowledgement;
      return this.#forgotten.mayGoOn(hash, sequence) ? sequence : 'no-longer-remembered';
    }
    this.#forgotten.drop(hash);
    const start = saidStart(packet, arrival, fromClient);
    return start === UNKNOWN_START ? 'handshake-unseen' : start;
  }

  /** Whether the server took another SYN's connection than the one that was seen here, with data on it. */
  contradict(flow: Flow, packet: Packet, arrival: Arrival, fromClient: boolean): boolean {
    const { opening } = flow;
    if (opening === null || !this.isAwaited(flow) || isOpening(packet)) return false;
    const start = saidStart(packet, arrival, fromClient);
    opening.isConfirmed = start !== UNKNOWN_START && (start - opening.sequence - 1) >>> 0 <= opening.payloadBytes;
    return !opening.isConfirmed;
  }

  /** Whether the SYN-ACK to a SYN that was seen here is still to be: the kernel must not let answers pass before. */
  isAwaited({ opening }: Flow): boolean {
    return this.areKept && opening !== null && !opening.isConfirmed;
  }

  /** The flow is remembered no more; should it go on in the kernel, it is read from behind what was seen. */
  forget(flow: Flow): void {
    if (flow.state !== FlowState.followed || !(flow.conversation instanceof TcpConversation)) return;
    const { clientEnd } = flow.conversation;
    if (clientEnd !== null) this.forgetAt(flow.keyHash, clientEnd);
  }

  /** @param seenEnd the sequence number behind all that was seen of the client. */
  forgetAt(hash: number, seenEnd: number): void {
    if (this.areKept) this.#forgotten.note(hash, seenEnd);
  }
}

/** What the server's SYN-ACK said, which either is this packet or was seen by the source; else −1. */
function saidStart(packet: Packet, { clientStart }: Arrival, fromClient: boolean): number {
  return !fromClient && isAcceptance(packet) ? packet.acknowledgement : clientStart;
}
