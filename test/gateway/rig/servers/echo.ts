import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { serveTcp } from './listen.ts';

export function serveEcho(address: string, port: number): Promise<void> {
  return serveTcp(address, port, (socket) => {
    socket.pipe(socket);
  });
}

export async function serveUdpEcho(address: string, port: number): Promise<void> {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  socket.on('message', (bytes, from) => socket.send(bytes, from.port, from.address));
  socket.bind(port, address);
  await once(socket, 'listening');
}
