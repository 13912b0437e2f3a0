/** struct mmsghdr, 64-bit: msghdr (56 bytes) and the length received. Source: bits/socket.h. */
const HEADER_BYTES = 64;
const IOVEC_POINTER_AT = 16;
const IOVEC_COUNT_AT = 24;
const RECEIVED_BYTES_AT = 56;
/** struct iovec, 64-bit: address and length. */
const IOVEC_BYTES = 16;

/**
 * The memory recvmmsg works on: message headers, the iovecs they point to, and the datagrams those point to.
 *
 * All of it is one `ArrayBuffer`, and every view here is of that same buffer. No part can be collected while this object
 * is there, for there is no other part.
 */
export class ReceiveArena {
  /** Where the array of struct mmsghdr is in memory, for as long as this object is. */
  readonly headersAt: number;
  /** Where each datagram begins, the same memory twice. */
  readonly datagrams: readonly Uint8Array[];
  readonly views: readonly DataView[];
  readonly #view: DataView;

  /**
   * @param datagramBytes the longest datagram that is received whole.
   * @param addressOf where a buffer begins in memory.
   */
  constructor(batch: number, datagramBytes: number, addressOf: (buffer: ArrayBuffer) => number) {
    const iovecsAt = batch * HEADER_BYTES;
    const datagramsAt = iovecsAt + batch * IOVEC_BYTES;
    const buffer = new ArrayBuffer(datagramsAt + batch * datagramBytes);
    const address = addressOf(buffer);
    const view = new DataView(buffer);
    const starts = Array.from({ length: batch }, (_, index) => datagramsAt + index * datagramBytes);
    starts.forEach((datagramAt, index) => {
      const headerAt = index * HEADER_BYTES;
      const iovecAt = iovecsAt + index * IOVEC_BYTES;
      view.setBigUint64(headerAt + IOVEC_POINTER_AT, BigInt(address + iovecAt), true);
      view.setBigUint64(headerAt + IOVEC_COUNT_AT, 1n, true);
      view.setBigUint64(iovecAt, BigInt(address + datagramAt), true);
      view.setBigUint64(iovecAt + 8, BigInt(datagramBytes), true);
    });
    this.#view = view;
    this.headersAt = address;
    this.datagrams = starts.map((datagramAt) => new Uint8Array(buffer, datagramAt, datagramBytes));
    this.views = starts.map((datagramAt) => new DataView(buffer, datagramAt, datagramBytes));
  }

  /** Puts a datagram there as recvmmsg would; it has to fit. */
  put(index: number, datagram: Uint8Array): void {
    this.datagrams[index]?.set(datagram);
    this.#view.setUint32(index * HEADER_BYTES + RECEIVED_BYTES_AT, datagram.length, true);
  }

  /** How long the datagram is that the last recvmmsg put there. */
  receivedBytes(index: number): number {
    return this.#view.getUint32(index * HEADER_BYTES + RECEIVED_BYTES_AT, true);
  }
}
