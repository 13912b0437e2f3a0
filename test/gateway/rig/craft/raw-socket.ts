import { isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import koffi from 'koffi';
import { CRAFTED_MARK } from './segment.ts';

const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_RAW = 3;
const IPPROTO_TCP = 6;
const IPPROTO_RAW = 255;
const SOL_SOCKET = 1;
const SO_MARK = 36;
const MSG_DONTWAIT = 0x40;
const MAX_PACKET_BYTES = 65_536;

const libc = koffi.load('libc.so.6');
const socket = libc.func('int socket(int, int, int)');
const setsockopt = libc.func('int setsockopt(int, int, int, const uint8_t *, uint32_t)');
const sendto = libc.func('intptr_t sendto(int, const uint8_t *, size_t, int, const uint8_t *, uint32_t)');
const recv = libc.func('intptr_t recv(int, _Out_ uint8_t *, size_t, int)');
const close = libc.func('int close(int)');

/** Sends whole IP packets and hears all TCP segments that come to this namespace (raw(7)). Needs CAP_NET_RAW. */
export class RawSocket {
  readonly #out: number;
  readonly #in: number;
  readonly #destination: Uint8Array;
  readonly #buffer = new Uint8Array(MAX_PACKET_BYTES);
  readonly #hearsIpHeader: boolean;

  constructor(destination: string) {
    const six = isIPv6(destination);
    const family = six ? AF_INET6 : AF_INET;
    this.#out = checked('socket', socket(family, SOCK_RAW, IPPROTO_RAW));
    this.#in = checked('socket', socket(family, SOCK_RAW, IPPROTO_TCP));
    checked('setsockopt', setsockopt(this.#out, SOL_SOCKET, SO_MARK, littleEndian(CRAFTED_MARK), 4));
    this.#destination = socketAddress(destination);
    this.#hearsIpHeader = !six;
  }

  /** It goes the way to the destination, whatever its header says. */
  send(packet: Uint8Array): void {
    checked('sendto', sendto(this.#out, packet, packet.length, 0, this.#destination, this.#destination.length));
  }

  /** The next TCP segment that has come, IP header taken off; null where there is none. */
  receive(): Uint8Array | null {
    const length: number = recv(this.#in, this.#buffer, MAX_PACKET_BYTES, MSG_DONTWAIT);
    if (length <= 0) return null;
    const start = this.#hearsIpHeader ? ((this.#buffer[0] ?? 0) & 0xf) * 4 : 0;
    return this.#buffer.slice(start, length);
  }

  close(): void {
    close(this.#out);
    close(this.#in);
  }
}

/** struct sockaddr_in or sockaddr_in6 of an address, port 0. */
function socketAddress(address: string): Uint8Array {
  const bytes = ipaddr.parse(address).toByteArray();
  const six = bytes.length === 16;
  const result = new Uint8Array(six ? 28 : 16);
  result[0] = six ? AF_INET6 : AF_INET;
  result.set(bytes, six ? 8 : 4);
  return result;
}

function littleEndian(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

function checked(call: string, result: number): number {
  if (result < 0) throw new Error(`${call}: errno ${koffi.errno()}`);
  return result;
}
