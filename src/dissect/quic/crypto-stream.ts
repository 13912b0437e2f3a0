import { MAX_CLIENT_HELLO_BYTES } from '../client-hello/client-hello.ts';
import { type Never, never } from '../outcome.ts';

/** Room for any hello of today; it doubles up to the cap when an offset asks for more. */
const FIRST_ROOM_BYTES = 2048;

/** The bytes of CRYPTO frames (RFC 9000 §19.6) in whatever order they come, at most one ClientHello of them. */
export class CryptoStream {
  #bytes = new Uint8Array(FIRST_ROOM_BYTES);
  /** 1 for every byte that has come. */
  #known = new Uint8Array(FIRST_ROOM_BYTES);
  #end = 0;
  #prefixLength = 0;

  /** Where the furthest byte that has come ends. */
  get end(): number {
    return this.#end;
  }

  /** What has come without a hole from the first byte on. A view: writing may change what lies behind it. */
  get prefix(): Uint8Array {
    return this.#bytes.subarray(0, this.#prefixLength);
  }

  copy(): CryptoStream {
    const copy = new CryptoStream();
    copy.#bytes = this.#bytes.slice();
    copy.#known = this.#known.slice();
    copy.#end = this.#end;
    copy.#prefixLength = this.#prefixLength;
    return copy;
  }

  /** Puts `data` at `offset`; bytes that came before must be the same. Null when it is written. */
  write(offset: number, data: Uint8Array): Never | null {
    const end = offset + data.length;
    if (end > MAX_CLIENT_HELLO_BYTES) return never('quic-crypto-too-long');
    this.#makeRoom(end);
    for (let at = 0; at < data.length; at++) {
      const byte = data[at] ?? 0;
      if (this.#known[offset + at] === 0) {
        this.#bytes[offset + at] = byte;
        this.#known[offset + at] = 1;
      } else if (this.#bytes[offset + at] !== byte) {
        return never('quic-crypto-overlap-differs');
      }
    }
    this.#end = Math.max(this.#end, end);
    while (this.#known[this.#prefixLength] === 1) this.#prefixLength++;
    return null;
  }

  #makeRoom(end: number): void {
    let room = this.#bytes.length;
    if (end <= room) return;
    while (room < end) room *= 2;
    const bytes = new Uint8Array(room);
    const known = new Uint8Array(room);
    bytes.set(this.#bytes);
    known.set(this.#known);
    this.#bytes = bytes;
    this.#known = known;
  }
}
