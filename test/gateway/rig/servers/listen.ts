import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

/** Starts a TCP server whose connections may break at any time without taking the server with them. */
export async function serveTcp(address: string, port: number, onConnection: (socket: Socket) => void): Promise<void> {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    onConnection(socket);
  });
  await listening(server, address, port);
}

export async function listening(server: Server, address: string, port: number): Promise<void> {
  server.listen({ host: address, port, backlog: 256 });
  await once(server, 'listening');
}

/** Calls `onFrame` for each message of `lengthOf(bytes so far)` bytes; a length of null means: not yet known. */
export function onMessages(
  socket: Socket,
  lengthOf: (bytes: Buffer) => number | null,
  onMessage: (message: Buffer) => void,
): void {
  let unread = Buffer.alloc(0);
  socket.on('data', (bytes) => {
    unread = Buffer.concat([unread, bytes]);
    for (let length = lengthOf(unread); length !== null && unread.length >= length; length = lengthOf(unread)) {
      onMessage(unread.subarray(0, length));
      unread = unread.subarray(length);
    }
  });
}
