import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { type Report, report } from './agent-protocol.ts';

/** The agent's UDP sockets. Each is connected to one server: only then does the kernel report ICMP refusals. */
export class Datagrams {
  readonly #sockets = new Map<number, Socket>();

  async bind(id: number, address: string, port: number): Promise<Report> {
    const socket = this.#create(id, address);
    socket.bind(port, address);
    await once(socket, 'listening');
    return report({});
  }

  async send(id: number, address: string, port: number, bytes: Uint8Array, timeoutMs: number): Promise<Report> {
    let socket = this.#sockets.get(id);
    if (socket === undefined || !isConnected(socket)) {
      socket ??= this.#create(id, address);
      socket.connect(port, address);
      await once(socket, 'connect');
    }
    return exchange(socket, bytes, timeoutMs);
  }

  close(id: number): void {
    this.#sockets.get(id)?.close();
    this.#sockets.delete(id);
  }

  #create(id: number, address: string): Socket {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    // An error between two sends is a refusal nobody waits for any more.
    socket.on('error', () => {});
    this.#sockets.set(id, socket);
    return socket;
  }
}

function exchange(socket: Socket, bytes: Uint8Array, timeoutMs: number): Promise<Report> {
  return new Promise((resolve) => {
    const localPort = socket.address().port;
    const finish = (answer: Report): void => {
      clearTimeout(timer);
      socket.off('message', onMessage);
      socket.off('error', onError);
      resolve({ ...answer, localPort });
    };
    const onMessage = (answer: Buffer): void => finish(report({ bytes: new Uint8Array(answer) }));
    const onError = (error: Error): void =>
      finish(report({ error: 'code' in error && typeof error.code === 'string' ? error.code : error.message }));
    const timer = setTimeout(() => finish(report({ error: 'TIMEOUT' })), timeoutMs);
    socket.on('message', onMessage);
    socket.on('error', onError);
    socket.send(bytes, (error) => {
      if (error) onError(error);
    });
  });
}

function isConnected(socket: Socket): boolean {
  try {
    socket.remoteAddress();
    return true;
  } catch {
    return false;
  }
}
