import { constants } from 'node:os';
import type { QueueSocket, SocketOptions } from '../../src/netfilter-queue/netlink-socket.ts';

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

/** In the kernel's place. */
export function connectFake(options: SocketOptions): QueueSocket {
  return new FakeNetlinkSocket(options);
}

class FakeNetlinkSocket implements QueueSocket {
  readonly arena: QueueSocket['arena'];
  closed = false;
  readonly #received: number[] = [];

  constructor({ batch, datagramBytes }: SocketOptions) {
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
