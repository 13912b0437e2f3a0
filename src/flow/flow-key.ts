import { u16, u32 } from '../packet/byte-order.ts';
import type { Packet } from '../packet/packet.ts';

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

  /** @param seed keeps an attacker from choosing flows that share a bucket. */
  constructor(seed: number) {
    this.#seed = seed | 0;
  }

  read(packet: Packet): void {
    const { bytes, addressLength, sourceAt, destinationAt } = packet;
    this.fromFirst = isSourceFirst(packet);
    const firstAt = this.fromFirst ? sourceAt : destinationAt;
    const secondAt = this.fromFirst ? destinationAt : sourceAt;
    const words = this.words;
    if (addressLength === 4) {
      words.fill(0, 1, 4);
      words.fill(0, 5, 8);
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
    this.hash = this.#hash(addressLength === 4);
  }

  #hash(isIpv4: boolean): number {
    const words = this.words;
    let h = this.#seed;
    if (isIpv4) {
      h = mix(mix(h, words[0] ?? 0), words[4] ?? 0);
    } else {
      for (let i = 0; i < 8; i += 1) h = mix(h, words[i] ?? 0);
    }
    h = mix(mix(h, words[8] ?? 0), words[9] ?? 0);
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    return (h ^ (h >>> 13)) >>> 0;
  }
}

/** One round of MurmurHash3 (32-bit). */
function mix(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  const h = hash ^ k;
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}

function isSourceFirst(packet: Packet): boolean {
  const { bytes, sourceAt, destinationAt, addressLength } = packet;
  for (let i = 0; i < addressLength; i += 2) {
    const difference = u16(bytes, sourceAt + i) - u16(bytes, destinationAt + i);
    if (difference !== 0) return difference < 0;
  }
  return packet.sourcePort <= packet.destinationPort;
}
