import { fstatSync, write } from 'node:fs';
import type { Writable } from 'node:stream';
import type { Destination } from './destination.ts';

/**
 * Standard output. A pipe or socket is written to by Node's stream, which does not wait for a reader; anything else
 * by its descriptor, as such a stream is closed for good by a first error and a full disk may have room again.
 */
export function stdoutDestination(): Destination {
  const stat = fstatSync(process.stdout.fd);
  return stat.isFIFO() || stat.isSocket()
    ? streamDestination('standard output', process.stdout)
    : descriptorDestination('standard output', process.stdout.fd);
}

/** A stream of one's own process; it is never closed here. */
export function streamDestination(name: string, stream: Writable): Destination {
  // Every failed write is told to its own callback; without a listener the event would end the process.
  stream.on('error', () => {});
  return {
    name,
    open: async () => ({ atLineStart: true }),
    write: (bytes) =>
      new Promise((resolve, reject) => {
        stream.write(bytes, (error) => (error ? reject(error) : resolve(bytes.length)));
      }),
    close: async () => {},
  };
}

/** An open descriptor of one's own process; it is never closed here. */
function descriptorDestination(name: string, fd: number): Destination {
  return {
    name,
    open: async () => ({ atLineStart: true }),
    write: (bytes) =>
      new Promise((resolve, reject) => {
        write(fd, bytes, (error, written) => (error ? reject(error) : resolve(written)));
      }),
    close: async () => {},
  };
}
