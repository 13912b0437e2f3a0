import { u16, u32 } from '../packet/byte-order.ts';
import type { Packet } from '../packet/packet.ts';
import { halfSipHash } from './half-sip-hash.ts';

/** Spreads a seed over the second half of a key. */
const ODD = 0x9e3779b1;

/** The words of a key, in its order: protocol and version, the ports, then both addresses. */
const MOST_WORDS = 10;

/**
 * A flow's protocol, ports and addresses as 32-bit words, the same for both directions: the smaller end (address, then
 * port) comes first. An IPv4 address is one word, an IPv6 address four.
 */
export class FlowKey {
  static readonly MOST_WORDS = MOST_WORDS;
  /** The first `length` are the key. The very first says the version, so that none is the beginning of another. */
  readonly words = new Int32Array(MOST_WORDS);
  length = 0;
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
    const { bytes, addressLength, sourceAt, destinationAt, sourcePort, destinationPort } = packet;
    this.fromFirst = isSourceFirst(packet);
    const firstAt = this.fromFirst ? sourceAt : destinationAt;
    const secondAt = this.fromFirst ? destinationAt : sourceAt;
    const words = this.words;
    words[0] = (packet.protocol << 8) | packet.version;
    words[1] = this.fromFirst ? (sourcePort << 16) | destinationPort : (destinationPort << 16) | sourcePort;
    let length = 2;
    for (let at = 0; at < addressLength; at += 4) words[length++] = u32(bytes, firstAt + at);
    for (let at = 0; at < addressLength; at += 4) words[length++] = u32(bytes, secondAt + at);
    this.length = length;
    this.hash = halfSipHash(this.#seed, this.#seed2, words, length);
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
