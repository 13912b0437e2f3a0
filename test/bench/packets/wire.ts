import koffi from 'koffi';
import { runIn } from '../../gateway/rig/namespaces.ts';
import { within } from '../../gateway/rig/within.ts';

/** Source: linux/if_packet.h, linux/if_ether.h. */
const AF_PACKET = 17;
const SOCK_RAW = 3;
const SOL_PACKET = 263;
const PACKET_QDISC_BYPASS = 20;
const ADDRESS_BYTES = 20;
const ETHERNET_BYTES = 14;
const IPV4 = [0x08, 0x00];

const libc = koffi.load(null);
const socket = libc.func('int socket(int, int, int)');
const bind = libc.func('int bind(int, void *, uint32_t)');
const setsockopt = libc.func('int setsockopt(int, int, int, void *, uint32_t)');
const interfaceIndex = libc.func('uint32_t if_nametoindex(str)');
const send = libc.func('intptr_t send(int, void *, size_t, int)');

/**
 * Puts Ethernet frames on the `eth0` of a namespace, towards whatever is at its other end; that end's kernel takes a
 * frame in before `send` returns, and forwards it.
 */
export class Wire {
  readonly #fd: number;
  readonly #header: Uint8Array;

  /** @param router the hardware address of the other end. */
  constructor(namespace: string, router: Uint8Array) {
    this.#fd = within(namespace, openOnEth0);
    this.#header = Uint8Array.of(...router, 2, 0, 0, 0, 0, 1, ...IPV4);
  }

  frameOf(packet: Uint8Array): Uint8Array {
    return Uint8Array.of(...this.#header, ...packet);
  }

  /** @throws Error where the kernel does not take the whole of it. */
  send(frame: Uint8Array): void {
    const sent: number = send(this.#fd, frame, frame.length, 0);
    if (sent !== frame.length)
      throw new Error(`a frame of ${frame.length - ETHERNET_BYTES} bytes: errno ${koffi.errno()}`);
  }
}

function openOnEth0(): number {
  const fd: number = socket(AF_PACKET, SOCK_RAW, 0);
  const address = new Uint8Array(ADDRESS_BYTES);
  const view = new DataView(address.buffer);
  view.setUint16(0, AF_PACKET, true);
  view.setInt32(4, interfaceIndex('eth0'), true);
  const one = Uint8Array.of(1, 0, 0, 0);
  if (fd < 0 || bind(fd, address, address.length) < 0) throw new Error(`a packet socket: errno ${koffi.errno()}`);
  setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, one, one.length);
  return fd;
}

/** The hardware address of an interface. */
export function hardwareAddress(namespace: string, name: string): Uint8Array {
  return Uint8Array.from(
    told(namespace, name, 'address')
      .split(':')
      .map((byte) => Number.parseInt(byte, 16)),
  );
}

/** How many packets an interface has sent. */
export function packetsSent(namespace: string, name: string): number {
  return Number(told(namespace, name, 'statistics/tx_packets'));
}

/** What the kernel says of an interface. */
function told(namespace: string, name: string, what: string): string {
  return runIn(namespace, 'cat', [`/sys/class/net/${name}/${what}`]).trim();
}
