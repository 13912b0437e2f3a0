/** Blocks of a pcapng file, written field by field in either byte order. */
export class PcapngBlocks {
  readonly #littleEndian: boolean;

  constructor(littleEndian: boolean) {
    this.#littleEndian = littleEndian;
  }

  u16(value: number): Uint8Array {
    const view = new DataView(new ArrayBuffer(2));
    view.setUint16(0, value, this.#littleEndian);
    return new Uint8Array(view.buffer);
  }

  u32(value: number): Uint8Array {
    const view = new DataView(new ArrayBuffer(4));
    view.setUint32(0, value, this.#littleEndian);
    return new Uint8Array(view.buffer);
  }

  i64(value: bigint): Uint8Array {
    const view = new DataView(new ArrayBuffer(8));
    view.setBigInt64(0, value, this.#littleEndian);
    return new Uint8Array(view.buffer);
  }

  block(type: number, ...body: Uint8Array[]): Uint8Array {
    const inner = padded(Buffer.concat(body));
    const total = this.u32(inner.length + 12);
    return Buffer.concat([this.u32(type), total, inner, total]);
  }

  section(): Uint8Array {
    return this.block(0x0a0d0d0a, this.u32(0x1a2b3c4d), this.u16(1), this.u16(0), this.i64(-1n));
  }

  option(code: number, value: Uint8Array): Uint8Array {
    return Buffer.concat([this.u16(code), this.u16(value.length), padded(value)]);
  }

  interface(linkType: number, snapBytes = 0, ...options: Uint8Array[]): Uint8Array {
    return this.block(1, this.u16(linkType), this.u16(0), this.u32(snapBytes), ...options);
  }

  enhancedPacket(interfaceId: number, units: bigint, bytes: Uint8Array, ...options: Uint8Array[]): Uint8Array {
    return this.block(6, this.u32(interfaceId), ...this.#packet(units, bytes), ...options);
  }

  obsoletePacket(interfaceId: number, units: bigint, bytes: Uint8Array): Uint8Array {
    return this.block(2, this.u16(interfaceId), this.u16(0xffff), ...this.#packet(units, bytes));
  }

  simplePacket(wireBytes: number, bytes: Uint8Array): Uint8Array {
    return this.block(3, this.u32(wireBytes), bytes);
  }

  #packet(units: bigint, bytes: Uint8Array): Uint8Array[] {
    const high = this.u32(Number(units >> 32n));
    const low = this.u32(Number(units & 0xffffffffn));
    return [high, low, this.u32(bytes.length), this.u32(bytes.length), padded(bytes)];
  }
}

function padded(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([bytes, new Uint8Array(-bytes.length & 3)]);
}
