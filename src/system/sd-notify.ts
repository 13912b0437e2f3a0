import { cLibrary } from './c-library.ts';

const AF_UNIX = 1;
const SOCK_DGRAM_CLOEXEC = 2 | 0o2000000;
const ADDRESS_BYTES = 110;

/**
 * Tells systemd about this service (sd_notify(3)), e.g. `READY=1`. Does nothing, and answers false, where the
 * service was not started by systemd with Type=notify, or the message could not be sent.
 */
export function sdNotify(state: string, socketPath = process.env['NOTIFY_SOCKET']): boolean {
  if (socketPath === undefined || !/^[@/]/.test(socketPath)) return false;
  const path = Buffer.from(socketPath);
  if (path.length > ADDRESS_BYTES - 3) return false;
  const address = Buffer.alloc(2 + path.length);
  address.writeUInt16LE(AF_UNIX, 0);
  path.copy(address, 2);
  // A leading @ stands for the abstract namespace, whose names start with NUL (unix(7)).
  if (address[2] === 0x40) address[2] = 0;
  const libc = cLibrary();
  const socket = libc.func('int socket(int, int, int)');
  const sendto = libc.func('long sendto(int, const void *, size_t, int, const void *, uint32_t)');
  const close = libc.func('int close(int)');
  const fd = socket(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
  if (fd < 0) return false;
  const message = Buffer.from(state);
  const sent = sendto(fd, message, message.length, 0, address, address.length);
  close(fd);
  return Number(sent) === message.length;
}
