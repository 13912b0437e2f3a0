import { buildPacket, type PacketParts } from '../../packet/build-packet.ts';

const SYN = 0x02;
const SYN_ACK = 0x12;
const TCP_HEADER_BYTES = 20;
const SOURCE_AT = 12;
const TCP_AT = 20;
const CHECKSUM_AT = TCP_AT + 16;

/** One TCP segment over IPv4 that is sent from many addresses and ports; the checksum follows. */
export class RawSegment {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  /** Of all the checksum covers but what changes. */
  readonly #sum: number;

  constructor(parts: Omit<PacketParts, 'source' | 'sourcePort'>) {
    this.bytes = new Uint8Array(buildPacket({ ...parts, source: '0.0.0.0', sourcePort: 0 }));
    this.#view = new DataView(this.bytes.buffer);
    let sum = 6 + this.bytes.length - TCP_AT;
    for (let at = SOURCE_AT; at < this.bytes.length; at += 1) sum += (this.bytes[at] ?? 0) << (at % 2 === 0 ? 8 : 0);
    this.#sum = sum;
  }

  /** @param address as an unsigned number. */
  from(address: number, port: number): Uint8Array {
    this.#view.setUint32(SOURCE_AT, address);
    this.#view.setUint16(TCP_AT, port);
    this.#view.setUint16(CHECKSUM_AT, folded(this.#sum + (address >>> 16) + (address & 0xffff) + port));
    return this.bytes;
  }
}

function folded(sum: number): number {
  let rest = sum;
  while (rest > 0xffff) rest = (rest & 0xffff) + (rest >>> 16);
  return ~rest & 0xffff;
}

/** A SYN-ACK back to whoever sent a SYN. */
export class RawSynAck {
  readonly #bytes = new Uint8Array(
    buildPacket({ source: '0.0.0.0', destination: '0.0.0.0', sourcePort: 0, destinationPort: 0, flags: 'SA' }),
  );
  readonly #view = new DataView(this.#bytes.buffer);

  /** Null where the packet is no SYN. */
  to(syn: Uint8Array, length: number, sequence: number): Uint8Array | null {
    const tcpAt = ((syn[0] ?? 0) & 0xf) * 4;
    if (length < tcpAt + TCP_HEADER_BYTES || ((syn[tcpAt + 13] ?? 0) & SYN_ACK) !== SYN) return null;
    const asked = new DataView(syn.buffer, syn.byteOffset);
    this.#view.setUint32(SOURCE_AT, asked.getUint32(16));
    this.#view.setUint32(SOURCE_AT + 4, asked.getUint32(SOURCE_AT));
    this.#view.setUint16(TCP_AT, asked.getUint16(tcpAt + 2));
    this.#view.setUint16(TCP_AT + 2, asked.getUint16(tcpAt));
    this.#view.setUint32(TCP_AT + 4, sequence);
    this.#view.setUint32(TCP_AT + 8, (asked.getUint32(tcpAt + 4) + 1) >>> 0);
    this.#view.setUint16(CHECKSUM_AT, 0);
    let sum = 6 + this.#bytes.length - TCP_AT;
    for (let at = SOURCE_AT; at < this.#bytes.length; at += 2) sum += this.#view.getUint16(at);
    this.#view.setUint16(CHECKSUM_AT, folded(sum));
    return this.#bytes;
  }
}
