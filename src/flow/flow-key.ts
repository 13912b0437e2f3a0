import { u32 } from '../packet/byte-order.ts';
import type { Packet } from '../packet/packet.ts';
import { halfSipHash } from './half-sip-hash.ts';

/** Spreads a seed over the second half of a key. */
const ODD = 0x9e3779b1;

/** Behind the protocol and version, and the ports. */
const ADDRESSES = 2;

/**
 * A flow's protocol, ports and addresses as 32-bit words, the same for both directions: the smaller end (address, then
 * port) comes first. An IPv4 address is one word, an IPv6 address four.
 */
export class FlowKey {
  static readonly MOST_WORDS = ADDRESSES + 2 * 4;
  /** The first `length` are the key. The very first says the version, so that none is the beginning of another. */
  readonly words = new Int32Array(FlowKey.MOST_WORDS);
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

  read({
    bytes,
    addressLength,
    sourceAt,
    destinationAt,
    sourcePort,
    destinationPort,
    protocol,
    version,
  }: Packet): void {
    const words = this.words;
    const wordsEach = addressLength / 4;
    let difference = 0;
    for (let i = 0; i < wordsEach; i += 1) {
      const source = u32(bytes, sourceAt + 4 * i);
      const destination = u32(bytes, destinationAt + 4 * i);
      if (difference === 0) difference = source - destination;
      // As if the source came first.
      words[ADDRESSES + i] = source;
      words[ADDRESSES + wordsEach + i] = destination;
    }
    this.fromFirst = (difference || sourcePort - destinationPort) <= 0;
    if (!this.fromFirst) this.#exchange(wordsEach);
    words[0] = (protocol << 8) | version;
    words[1] = this.fromFirst ? (sourcePort << 16) | destinationPort : (destinationPort << 16) | sourcePort;
    this.length = ADDRESSES + 2 * wordsEach;
    this.hash = halfSipHash(this.#seed, this.#seed2, words, this.length);
  }

  /** Puts the second address in the place of the first, and the other way round. */
  #exchange(wordsEach: number): void {
    const words = this.words;
    for (let i = ADDRESSES; i < ADDRESSES + wordsEach; i += 1) {
      const one = words[i] ?? 0;
      words[i] = words[i + wordsEach] ?? 0;
      words[i + wordsEach] = one;
    }
  }
}
