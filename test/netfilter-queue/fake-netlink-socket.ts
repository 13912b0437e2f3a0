import { constants } from 'node:os';

/** The kernel's side of the socket: what each receive brings (or its errno), and what was sent. */
export const kernel = {
  receives: [] as (Uint8Array[] | number)[],
  waits: [] as boolean[],
  sent: [] as Uint8Array[],
  sendError: 0,
};

export function resetKernel(): void {
  Object.assign(kernel, { receives: [], waits: [], sent: [], sendError: 0 });
}

interface FakeArena {
  readonly datagrams: readonly Uint8Array[];
  readonly views: readonly DataView[];
  receivedBytes(index: number): number;
}

interface FakeOptions {
  readonly batch: number;
  readonly datagramBytes: number;
}

/** In place of `NetlinkSocket`. */
export class FakeNetlinkSocket {
  readonly arena: FakeArena;
  closed = false;
  readonly #received: number[] = [];

  constructor({ batch, datagramBytes }: FakeOptions) {
    const datagrams = Array.from({ length: batch }, () => new Uint8Array(datagramBytes));
    const views = datagrams.map(({ buffer }) => new DataView(buffer));
    this.arena = { datagrams, views, receivedBytes: (index) => this.#received[index] ?? 0 };
  }

  receive(wait: boolean): number {
    kernel.waits.push(wait);
    const next = kernel.receives.shift() ?? -constants.errno.EAGAIN;
    if (typeof next === 'number') return next;
    next.forEach((datagram, index) => {
      this.arena.datagrams[index]?.set(datagram);
      this.#received[index] = datagram.length;
    });
    return next.length;
  }

  send(bytes: Uint8Array, byteCount: number): number {
    if (kernel.sendError === 0) kernel.sent.push(bytes.slice(0, byteCount));
    return -kernel.sendError;
  }

  close(): void {
    this.closed = true;
  }
}
