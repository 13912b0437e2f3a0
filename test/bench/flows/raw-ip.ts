import koffi from 'koffi';

const AF_INET = 2;
const SOCK_RAW = 3;
const IPPROTO_TCP = 6;
const IPPROTO_RAW = 255;
const SOL_SOCKET = 1;
const SO_RCVBUFFORCE = 33;
const SO_MARK = 36;
const MSG_DONTWAIT = 0x40;
const RECEIVE_BUFFER_BYTES = 16 * 1024 * 1024;

const libc = koffi.load(null);
const socket = libc.func('int socket(int, int, int)');
const setsockopt = libc.func('int setsockopt(int, int, int, void *, uint32_t)');
const sendto = libc.func('intptr_t sendto(int, void *, size_t, int, void *, uint32_t)');
const recv = libc.func('intptr_t recv(int, void *, size_t, int)');

/** Tells hand-made packets from what the kernel sends of its own accord. */
export const HAND_MADE_MARK = 0x77;

/** Sends whole IPv4 packets, and hears TCP segments with their IP headers (raw(7)). */
export class RawIp {
  readonly #out = opened(IPPROTO_RAW);
  readonly #in: number | null;
  /** struct sockaddr_in; the kernel only routes by it. */
  readonly #to = new Uint8Array(16);

  constructor({ hears }: { readonly hears: boolean }) {
    this.#to[0] = AF_INET;
    setsockopt(this.#out, SOL_SOCKET, SO_MARK, int32(HAND_MADE_MARK), 4);
    this.#in = hears ? opened(IPPROTO_TCP) : null;
    if (this.#in !== null) setsockopt(this.#in, SOL_SOCKET, SO_RCVBUFFORCE, int32(RECEIVE_BUFFER_BYTES), 4);
  }

  /** What has no room right now is lost, as on any wire. */
  send(packet: Uint8Array): void {
    this.#to.set(packet.subarray(16, 20), 4);
    sendto(this.#out, packet, packet.length, 0, this.#to, this.#to.length);
  }

  /** @returns the length of the next packet that has come; 0 where there is none. */
  receive(into: Uint8Array): number {
    const length: number = this.#in === null ? 0 : recv(this.#in, into, into.length, MSG_DONTWAIT);
    return Math.max(0, length);
  }
}

function opened(protocol: number): number {
  const fd: number = socket(AF_INET, SOCK_RAW, protocol);
  if (fd < 0) throw new Error(`a raw socket: errno ${koffi.errno()}`);
  return fd;
}

function int32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value, true);
  return bytes;
}
