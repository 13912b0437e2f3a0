import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Certificate } from './certificate.ts';
import { mmtlsAnswer } from './mmtls.ts';

/** Answers any request to any host: what host and path were asked for, and how long the body was. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let bodyBytes = 0;
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) bodyBytes += chunk.length;
  if (request.url?.startsWith('/mmtls/') === true) {
    const content = mmtlsAnswer();
    const head = { connection: 'close', 'content-type': 'application/octet-stream', 'content-length': content.length };
    response.writeHead(200, head).end(content);
    return;
  }
  const wantsKilobytes = Number(/[?&]kilobytes=(\d+)/.exec(request.url ?? '')?.[1] ?? 0);
  response.setHeader('content-type', 'text/plain');
  response.write(`${request.method} ${request.headers.host}${request.url} ${bodyBytes}\n`);
  response.end(Buffer.alloc(Math.min(wantsKilobytes, 65_536) * 1024, 'x'));
}

const listener: RequestListener = (request, response) => {
  answer(request, response).catch(() => response.destroy());
};

export async function serveHttp(address: string, port: number): Promise<void> {
  const server = createServer({ keepAliveTimeout: 60_000 }, listener);
  server.listen(port, address);
  await once(server, 'listening');
}

export async function serveHttps(address: string, port: number, certificate: Certificate): Promise<void> {
  const server = createTlsServer({ ...certificate, keepAliveTimeout: 60_000 }, listener);
  server.on('tlsClientError', () => {});
  server.listen(port, address);
  await once(server, 'listening');
}
