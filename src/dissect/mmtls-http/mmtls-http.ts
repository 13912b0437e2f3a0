import type { StreamDissector } from '../dissector.ts';
import { readOnlineHost } from '../http-grammar/online-host.ts';
import { agrees, asciiBytes } from '../http-grammar/read.ts';
import { readRequestHead } from '../http-grammar/request-head.ts';
import { NOT_THIS, never, type StreamStep } from '../outcome.ts';
import { mmtlsHttpAnswer } from './answer.ts';
import { mmtlsContent } from './records.ts';

const requestStart = asciiBytes('POST /mmtls/');
const requestPath = /^\/mmtls\/[0-9a-f]{8}$/;

/**
 * One exchange of mmtls records as the contents of an HTTP request and its response: WeChat's short connection, as seen
 * in captures (`POST /mmtls/0011aabb HTTP/1.1`, `Upgrade: mmtls`). A request that does not upgrade to mmtls is plain
 * HTTP, whatever its path.
 */
const begin: StreamStep = (bytes) => {
  if (!agrees(bytes, 0, requestStart)) return NOT_THIS;
  const read = readRequestHead(bytes);
  if (read.kind !== 'read') return read;
  const { path, version, content, fields } = read.value;
  const upgrades = fields.get('upgrade');
  if (upgrades.length !== 1 || upgrades[0] !== 'mmtls') return NOT_THIS;
  if (!requestPath.test(path) || version !== '1.1') return never('mmtls-http-request-line');
  if (content.kind !== 'length' || content.bytes === 0) return never('mmtls-http-without-length');
  const host = readOnlineHost(read.value);
  if (host.kind === 'never') return host;
  return {
    kind: 'match',
    facts: { app: 'mmtls-http', name: host.isAddress ? null : host.name },
    consumed: read.end,
    skip: 0,
    next: mmtlsContent(content.bytes),
    answer: mmtlsHttpAnswer,
  };
};

export const mmtlsHttp: StreamDissector = { app: 'mmtls-http', transport: 'tcp', ports: [80, 443, 8080], begin };
