import { createConnection, type Socket } from 'node:net';
import { type Report, report } from './agent-protocol.ts';

interface Stream {
  readonly socket: Socket;
  unread: Buffer;
  ended: boolean;
  error: string | null;
}

/** The agent's TCP connections. */
export class Streams {
  readonly #streams = new Map<number, Stream>();

  connect(id: number, address: string, port: number, timeoutMs: number): Promise<Report> {
    return new Promise((resolve) => {
      const socket = createConnection({ host: address, port, noDelay: true });
      const stream: Stream = { socket, unread: Buffer.alloc(0), ended: false, error: null };
      const giveUp = setTimeout(() => {
        socket.destroy();
        resolve(report({ error: 'TIMEOUT' }));
      }, timeoutMs);
      socket.on('connect', () => {
        clearTimeout(giveUp);
        this.#streams.set(id, stream);
        resolve(report({ localPort: socket.localPort ?? 0 }));
      });
      socket.on('error', (error) => {
        clearTimeout(giveUp);
        stream.error = 'code' in error && typeof error.code === 'string' ? error.code : error.message;
        resolve(report({ error: stream.error }));
      });
      socket.on('data', (bytes) => {
        stream.unread = Buffer.concat([stream.unread, bytes]);
      });
      socket.on('end', () => {
        stream.ended = true;
      });
    });
  }

  write(id: number, bytes: Uint8Array): Promise<Report> {
    const stream = this.#stream(id);
    return new Promise((resolve) => {
      stream.socket.write(bytes, () => resolve(report({ error: stream.error })));
    });
  }

  read(id: number, atLeast: number, timeoutMs: number): Promise<Report> {
    const stream = this.#stream(id);
    const { socket } = stream;
    return new Promise((resolve) => {
      const finish = (error: string | null): void => {
        clearTimeout(timer);
        for (const event of ['data', 'end', 'error']) socket.off(event, look);
        const bytes = new Uint8Array(stream.unread);
        stream.unread = Buffer.alloc(0);
        resolve(report({ error, bytes, ended: stream.ended }));
      };
      const look = (): void => {
        if (stream.unread.length >= atLeast || stream.ended || stream.error !== null) finish(stream.error);
      };
      const timer = setTimeout(() => finish('TIMEOUT'), timeoutMs);
      for (const event of ['data', 'end', 'error']) socket.on(event, look);
      look();
    });
  }

  close(id: number): void {
    this.#streams.get(id)?.socket.destroy();
    this.#streams.delete(id);
  }

  #stream(id: number): Stream {
    const stream = this.#streams.get(id);
    if (stream === undefined) throw new Error(`no connection ${id}`);
    return stream;
  }
}
