import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createConnection, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer as createTlsServer } from 'node:tls';
import { makeCertificate } from '../../gateway/rig/servers/certificate.ts';
import type { Exchange, Message } from './exchange.ts';

/** What fits into a segment on Ethernet, time stamps included. */
const SEGMENT_BYTES = 1448;

/** A TLS 1.3 connection of Node with itself, over loopback, as it went over the wire. */
export async function recordTls(servername: string): Promise<Exchange> {
  const folder = mkdtempSync(join(tmpdir(), 'chatgate-bench-'));
  const certificate = makeCertificate(folder);
  rmSync(folder, { recursive: true });
  const server = await listening(
    createTlsServer({ ...certificate, minVersion: 'TLSv1.3' }, (socket) => {
      socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\n'));
      socket.on('error', () => {});
    }),
  );
  const messages: Message[] = [];
  const recorder = await listening(
    createServer((client) => {
      const onward = createConnection(portOf(server), '127.0.0.1');
      client.on('data', (bytes) => {
        messages.push(...segments('client', bytes));
        onward.write(bytes);
      });
      onward.on('data', (bytes) => {
        messages.push(...segments('server', bytes));
        client.write(bytes);
      });
      onward.on('end', () => client.end());
      for (const socket of [client, onward]) socket.on('error', () => {});
    }),
  );
  await new Promise<void>((resolve, reject) => {
    const phone = connect({ port: portOf(recorder), host: '127.0.0.1', servername, rejectUnauthorized: false }, () =>
      phone.write('GET / HTTP/1.1\r\n\r\n'),
    );
    phone.on('error', reject);
    phone.on('close', () => resolve());
    phone.resume();
  });
  recorder.close();
  server.close();
  return { name: 'TLS', serverPort: 443, messages };
}

function segments(from: Message['from'], bytes: Uint8Array): Message[] {
  const found: Message[] = [];
  for (let at = 0; at < bytes.length; at += SEGMENT_BYTES) {
    found.push({ from, bytes: bytes.slice(at, at + SEGMENT_BYTES) });
  }
  return found;
}

async function listening<S extends Server>(server: S): Promise<S> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
