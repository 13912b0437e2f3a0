import type { AddressPrefix } from './address-prefix.ts';

/**
 * Finds the networks an address lies in. One hash table for each prefix length in use, so that the cost hangs on
 * how many different lengths there are (at most 33 and 129), not on how many networks.
 */
export class AddressIndex<T> {
  readonly #lengths: { four: PrefixLength<T>[]; sixteen: PrefixLength<T>[] } = { four: [], sixteen: [] };

  get isEmpty(): boolean {
    return this.#lengths.four.length === 0 && this.#lengths.sixteen.length === 0;
  }

  add(prefix: AddressPrefix, value: T): void {
    const bytes = Uint8Array.from(prefix.bytes);
    const lengths = this.#of(bytes);
    let length = lengths.find(({ bits }) => bits === prefix.bits);
    if (length === undefined) {
      length = { bits: prefix.bits, values: new Map() };
      lengths.push(length);
    }
    const key = keyOf(bytes, prefix.bits);
    const values = length.values.get(key);
    if (values === undefined) length.values.set(key, [value]);
    else values.push(value);
  }

  /** Calls `found` with the values of every network that holds the address. */
  forEach(address: Uint8Array, found: (value: T) => void): void {
    for (const { bits, values } of this.#of(address)) values.get(keyOf(address, bits))?.forEach(found);
  }

  has(address: Uint8Array): boolean {
    return this.#of(address).some(({ bits, values }) => values.has(keyOf(address, bits)));
  }

  #of(address: Uint8Array): PrefixLength<T>[] {
    return address.length === 4 ? this.#lengths.four : this.#lengths.sixteen;
  }
}

interface PrefixLength<T> {
  readonly bits: number;
  readonly values: Map<number | string, T[]>;
}

/** IPv4: the network as a number; IPv6: as eight UTF-16 units, which hash like any string. */
function keyOf(address: Uint8Array, bits: number): number | string {
  if (address.length === 4) return (word(address, 0, bits) * 0x10000 + word(address, 2, bits - 16)) >>> 0;
  return String.fromCharCode(
    word(address, 0, bits),
    word(address, 2, bits - 16),
    word(address, 4, bits - 32),
    word(address, 6, bits - 48),
    word(address, 8, bits - 64),
    word(address, 10, bits - 80),
    word(address, 12, bits - 96),
    word(address, 14, bits - 112),
  );
}

/** The two bytes at `at`, of which the first `bits` count. */
function word(address: Uint8Array, at: number, bits: number): number {
  if (bits <= 0) return 0;
  const value = ((address[at] ?? 0) << 8) | (address[at + 1] ?? 0);
  return bits >= 16 ? value : value & ~(0xffff >> bits);
}
