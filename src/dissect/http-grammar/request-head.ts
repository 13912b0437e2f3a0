import { type Never, never } from '../outcome.ts';
import { type Host, readAuthority } from './authority.ts';
import { type ConnectionOptions, readConnection } from './connection.ts';
import { type ContentLength, readContentLength } from './content.ts';
import { readFieldLines } from './field-lines.ts';
import type { Fields } from './fields.ts';
import type { Read } from './read.ts';
import { type HttpVersion, type RequestLine, readRequestLine } from './request-line.ts';
import { readRequestTarget } from './request-target.ts';

/** Everything of an HTTP/1 request in front of its content. */
export interface RequestHead {
  readonly kind: 'head';
  readonly method: string;
  readonly version: HttpVersion;
  /** Path and query as sent. */
  readonly path: string;
  readonly host: Host;
  /** Borrowed from the bytes that were read. */
  readonly fields: Fields;
  readonly connection: ConnectionOptions;
  readonly content: ContentLength;
}

/** Common servers take heads of 8 KiB (nginx, Apache) to 16 KiB (Node); no chat sends more than 4. */
export const maxHeadBytes = 16 * 1024;

/**
 * Content of these methods has no meaning (RFC 9110 §9.3.1, §9.3.2, §9.3.5): a server that does not expect it reads the
 * next request where another reads content.
 */
const methodsWithoutContent = new Set(['GET', 'HEAD', 'DELETE']);

/**
 * Reads a request head (RFC 9112 §2.1) from the front of a client's bytes. A head that two servers could read
 * differently is denied with a code.
 */
export function readRequestHead(bytes: Uint8Array): Read<RequestHead> {
  const shown = bytes.length > maxHeadBytes ? bytes.subarray(0, maxHeadBytes) : bytes;
  const read = readLines(shown);
  return read.kind === 'more' && shown.length === maxHeadBytes ? never('http-head-too-long') : read;
}

function readLines(bytes: Uint8Array): Read<RequestHead> {
  const line = readRequestLine(bytes);
  if (line.kind !== 'read') return line;
  const fields = readFieldLines(bytes, line.end);
  if (fields.kind !== 'read') return fields;
  const head = judgeHead(line.value, fields.value);
  return head.kind === 'never' ? head : { kind: 'read', value: head, end: fields.end };
}

function judgeHead({ method, target, version }: RequestLine, fields: Fields): RequestHead | Never {
  const host = readHost(fields);
  if (host.kind === 'never') return host;
  const asked = readRequestTarget(method, target);
  if (asked.kind === 'never') return asked;
  if (asked.host !== null && asked.host.name !== host.name) return never('http-target-not-host');

  const content = readContentLength(version, fields);
  if (content.kind === 'never') return content;
  const hasContent = content.kind === 'chunked' || (content.kind === 'length' && content.bytes > 0);
  if (hasContent && methodsWithoutContent.has(method)) return never('http-content-unexpected');
  const connection = readConnection(fields);
  if (connection.kind === 'never') return connection;
  return { kind: 'head', method, version, path: asked.path, host, fields, connection, content };
}

/** Exactly one (RFC 9112 §3.2), in HTTP/1.0 too: without a name there is nothing to allow. */
function readHost(fields: Fields): Host | Never {
  const hosts = fields.get('host');
  const host = hosts[0];
  if (host === undefined) return never('http-host-missing');
  return hosts.length > 1 ? never('http-host-repeated') : readAuthority(host);
}
