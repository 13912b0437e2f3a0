import type { StreamDissector } from '../dissector.ts';
import { readOnlineHost } from '../http-grammar/online-host.ts';
import { type RequestHead, readRequestHead } from '../http-grammar/request-head.ts';
import { type Never, NOT_THIS, never, type StreamOutcome, type StreamStep } from '../outcome.ts';
import { chunkedContent } from './chunked-content.ts';

/**
 * HTTP/1 requests (RFC 9112), each of a connection's read and judged on its own, for as long as the connection lives.
 * What the server answers is its own affair: it can turn the connection into nothing else, for no request that asks for
 * that passes, and whatever the client sends is read as a request.
 * A request that upgrades to mmtls is not this protocol but that one.
 */
export const http: StreamDissector = {
  app: 'http',
  transport: 'tcp',
  ports: [80, 443, 8080, 14000],
  begin: readRequest,
};

function readRequest(bytes: Uint8Array): StreamOutcome {
  const read = readRequestHead(bytes);
  if (read.kind !== 'read') return read;
  const head = read.value;
  const refusal = refusalOfUpgrade(head);
  if (refusal !== null) return refusal;
  const host = readOnlineHost(head);
  return host.kind === 'never' ? host : matchRequest(head, read.end);
}

const nothingMore: StreamStep = () => never('http-bytes-after-close');

function matchRequest(head: RequestHead, headBytes: number): StreamOutcome {
  const { host, method, path, content } = head;
  const following = persists(head) ? readRequest : nothingMore;
  return {
    kind: 'match',
    facts: { app: 'http', name: host.name, method, path },
    consumed: headBytes,
    skip: content.kind === 'length' ? content.bytes : 0,
    next: content.kind === 'chunked' ? chunkedContent(following) : following,
  };
}

/** A change of protocols is denied, but for the one that another dissector reads (RFC 9110 §7.8). */
function refusalOfUpgrade({ fields, connection }: RequestHead): Never | null {
  const protocols = fields.get('upgrade');
  if (protocols.length === 0 && !connection.upgrade) return null;
  return protocols.length === 1 && protocols[0] === 'mmtls' ? NOT_THIS : never('http-upgrade');
}

/** Whether another request may follow (RFC 9112 §9.3). */
function persists({ version, connection }: RequestHead): boolean {
  return !connection.close && (version === '1.1' || connection.keepAlive);
}
