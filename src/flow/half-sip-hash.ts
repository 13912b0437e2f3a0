/**
 * HalfSipHash-1-3, as in the Linux kernel's hash tables (Documentation/security/siphash.rst): a keyed hash whose
 * collisions nobody finds who does not know the key. (Those of MurmurHash3 are the same under every seed.) Messages
 * are whole 32-bit words here, so that the word that ends them holds nothing but their length.
 * @param key0 @param key1 the key's halves, 32 bits each.
 * @param words the first `count`, 63 at the most, are the message.
 * @returns 32 bits, signed: a small integer to the engine, which needs no memory of its own.
 */
export function halfSipHash(key0: number, key1: number, words: Int32Array, count: number): number {
  let v0 = key0 | 0;
  let v1 = key1 | 0;
  let v2 = 0x6c796765 ^ v0;
  let v3 = 0x74656462 ^ v1;
  for (let i = 0; i < count + 1 + FINAL_ROUNDS; i += 1) {
    let word = 0;
    if (i < count) word = words[i] ?? 0;
    else if (i === count) word = count << 26;
    else if (i === count + 1) v2 ^= 0xff;
    v3 ^= word;
    v0 = (v0 + v1) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v3) | 0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
    v2 = (v2 << 16) | (v2 >>> 16);
    v0 ^= word;
  }
  return v1 ^ v3;
}

const FINAL_ROUNDS = 3;
