import { createRequire } from 'node:module';
import { endianness } from 'node:os';
import { NetfilterQueueError } from './error.ts';

/**
 * What is called of the C library. A buffer argument is passed as its address, valid for the call only. Calls that are
 * made for every batch take the address as a number: to find it anew takes a third of a call.
 */
export interface Libc {
  socket(domain: number, type: number, protocol: number): number;
  bind(fd: number, address: Uint8Array, addressBytes: number): number;
  connect(fd: number, address: Uint8Array, addressBytes: number): number;
  setsockopt(fd: number, level: number, name: number, value: Uint8Array, valueBytes: number): number;
  /** `timeout` is a pointer, which may be null: 0. */
  recvmmsg(fd: number, headersAt: number, count: number, flags: number, timeout: number): number;
  send(fd: number, bytesAt: number, byteCount: number, flags: number): number;
  close(fd: number): number;
  /** Of this thread's last failed call. */
  errno(): number;
  /** Where the buffer begins. Whoever goes by it keeps the buffer alive. */
  address(buffer: ArrayBufferLike): number;
}

let loaded: Libc | null = null;

/**
 * Loads the FFI library at the first call, so that this package can be imported anywhere.
 * @throws NetfilterQueueError `unsupported-platform`.
 */
export function loadLibc(): Libc {
  loaded ??= bindLibc();
  return loaded;
}

/** @throws NetfilterQueueError unless C structures here are laid out as this package writes them. */
export function requirePlatform(platform: string, architecture: string, byteOrder: string): void {
  const known = platform === 'linux' && (architecture === 'x64' || architecture === 'arm64') && byteOrder === 'LE';
  if (known) return;
  throw new NetfilterQueueError(
    'unsupported-platform',
    `netfilter queues are read on Linux on x64 or arm64 (little-endian) only, and this is ${platform} on ` +
      `${architecture} (${byteOrder}): run it on such a machine`,
  );
}

function bindLibc(): Libc {
  requirePlatform(process.platform, process.arch, endianness());
  const koffi = loadKoffi();
  // No name: the C library this process already runs on, glibc or musl.
  const libc = koffi.load(null);
  return {
    socket: libc.func('int socket(int, int, int)'),
    bind: libc.func('int bind(int, void *, uint32_t)'),
    connect: libc.func('int connect(int, void *, uint32_t)'),
    setsockopt: libc.func('int setsockopt(int, int, int, void *, uint32_t)'),
    recvmmsg: libc.func('int recvmmsg(int, uintptr_t, unsigned int, int, uintptr_t)'),
    send: libc.func('intptr_t send(int, uintptr_t, size_t, int)'),
    close: libc.func('int close(int)'),
    errno: () => koffi.errno(),
    // Addresses of these platforms have 48 bits, or 52.
    address: (buffer) => Number(koffi.address(buffer)),
  };
}

function loadKoffi(): typeof import('koffi') {
  try {
    return createRequire(import.meta.url)('koffi');
  } catch (cause) {
    throw new NetfilterQueueError(
      'unsupported-platform',
      `koffi, which calls the C library, did not load: run "npm install" on this machine (${String(cause)})`,
      0,
      cause,
    );
  }
}
