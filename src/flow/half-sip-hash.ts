/**
 * HalfSipHash-1-3, as in the Linux kernel's hash tables (Documentation/security/siphash.rst): a keyed hash whose
 * collisions nobody finds who does not know the key. (Those of MurmurHash3 are the same under every seed.) Messages
 * are whole 32-bit words here, so that the word that ends them holds nothing but their length.
 */
export class HalfSipHash {
  #v0 = 0;
  #v1 = 0;
  #v2 = 0;
  #v3 = 0;
  #words = 0;

  /** @param key 32 bits, which stand for both halves of the key. */
  start(key: number): void {
    this.#v0 = key | 0;
    this.#v1 = Math.imul(key, 0x9e3779b1);
    this.#v2 = 0x6c796765 ^ this.#v0;
    this.#v3 = 0x74656462 ^ this.#v1;
    this.#words = 0;
  }

  take(word: number): void {
    this.#v3 ^= word;
    this.#round();
    this.#v0 ^= word;
    this.#words += 1;
  }

  /** 32 bits, signed: a small integer to the engine, which needs no memory of its own. */
  finish(): number {
    this.take(this.#words << 26);
    this.#v2 ^= 0xff;
    this.#round();
    this.#round();
    this.#round();
    return this.#v1 ^ this.#v3;
  }

  #round(): void {
    let v0 = this.#v0;
    let v1 = this.#v1;
    let v2 = this.#v2;
    let v3 = this.#v3;
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
    this.#v0 = v0;
    this.#v1 = v1;
    this.#v2 = v2;
    this.#v3 = v3;
  }
}
