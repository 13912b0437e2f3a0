import { FlowKey } from '../flow/flow-key.ts';
import type { HandshakeNotes } from '../flow/handshake-notes.ts';
import type { NetfilterLog } from '../netfilter-queue/index.ts';
import { Packet, readPacket } from '../packet/packet.ts';
import { isAcceptance } from '../packet/tcp.ts';

/**
 * Handshakes pass in the kernel, which copies each SYN-ACK here. What a server acknowledges with it is where the
 * client's stream starts: bytes in front of that never reach the server's reader, whatever they look like.
 */
export class HandshakeWatch {
  readonly #log: NetfilterLog;
  readonly #notes: HandshakeNotes;
  readonly #key: FlowKey;
  readonly #packet = new Packet();
  #isBehind = false;

  /** @param seed that of the judge's keys. */
  constructor(log: NetfilterLog, notes: HandshakeNotes, seed: number) {
    this.#log = log;
    this.#notes = notes;
    this.#key = new FlowKey(seed);
  }

  /** The sequence number of the client's first byte; null where no handshake was seen. By the hash of the flow's key. */
  startOf(hash: number): number | null {
    if (this.#isBehind) this.read();
    this.#notes.lock();
    const start = this.#notes.startOf(hash);
    this.#notes.unlock();
    return start;
  }

  /**
   * To be called between receiving packets and judging them: before the first of them asks where its connection starts,
   * what has come since is read. A handshake was copied before its client could send anything, so its note is then
   * there, and an older flow's is not.
   */
  packetsCame(): void {
    this.#isBehind = true;
  }

  /** Notes the handshakes that have come since. */
  read(): void {
    this.#isBehind = false;
    this.#notes.lock();
    this.#readAll();
    if (this.#log.takeOverflow()) this.#notes.clear();
    this.#notes.unlock();
  }

  #readAll(): void {
    do {
      const count = this.#log.poll();
      for (let i = 0; i < count; i += 1) {
        const { bytes, start, end } = this.#log.packet(i);
        const fault = readPacket(bytes, start, end, this.#packet);
        if (fault !== null || !isAcceptance(this.#packet)) continue;
        this.#key.read(this.#packet);
        this.#notes.note(this.#key.hash, this.#packet.acknowledgement);
      }
    } while (!this.#log.drained);
  }
}
