import { u16, u32 } from '../packet/byte-order.ts';
import type { Packet } from '../packet/packet.ts';
import { halfSipHash } from './half-sip-hash.ts';

/** Spreads a seed over the second half of a key. */
const ODD = 0x9e3779b1;

/** Words 1 to 3 and 5 to 7. */
const UNUSED_BY_IPV4 = 0b1110_1110;

/**
 * A flow's addresses, ports and protocol as ten 32-bit words, the same for both directions: the smaller end
 * (address, then port) comes first. IPv4 addresses use one word of four.
 */
export class FlowKey {
  static readonly WORDS = 10;
  readonly words = new Int32Array(FlowKey.WORDS);
  /** Whether the packet last read was sent by the end that comes first. */
  fromFirst = true;
  hash = 0;
  readonly #seed: number;
  readonly #seed2: number;

  /** @param seed a secret: without it nobody can choose flows that share a hash. */
  constructor(seed: number) {
    this.#seed = seed | 0;
    this.#seed2 = Math.imul(seed, ODD);
  }

  read(packet: Packet): void {
    const { bytes, addressLength, sourceAt, destinationAt } = packet;
    this.fromFirst = isSourceFirst(packet);
    const firstAt = this.fromFirst ? sourceAt : destinationAt;
    const secondAt = this.fromFirst ? destinationAt : sourceAt;
    const words = this.words;
    if (addressLength === 4) {
      for (let i = 1; i < 4; i += 1) {
        words[i] = 0;
        words[4 + i] = 0;
      }
      words[0] = u32(bytes, firstAt);
      words[4] = u32(bytes, secondAt);
    } else {
      for (let i = 0; i < 4; i += 1) {
        words[i] = u32(bytes, firstAt + 4 * i);
        words[4 + i] = u32(bytes, secondAt + 4 * i);
      }
    }
    const { sourcePort, destinationPort } = packet;
    words[8] = this.fromFirst ? (sourcePort << 16) | destinationPort : (destinationPort << 16) | sourcePort;
    words[9] = (packet.protocol << 8) | packet.version;
    this.hash = halfSipHash(this.#seed, this.#seed2, words, addressLength === 4 ? UNUSED_BY_IPV4 : 0);
  }
}

function isSourceFirst(packet: Packet): boolean {
  const { bytes, sourceAt, destinationAt, addressLength } = packet;
  for (let i = 0; i < addressLength; i += 2) {
    const difference = u16(bytes, sourceAt + i) - u16(bytes, destinationAt + i);
    if (difference !== 0) return difference < 0;
  }
  return packet.sourcePort <= packet.destinationPort;
}
