import { readContentLength } from '../http-grammar/content.ts';
import { readResponseHead, readStatus } from '../http-grammar/response-head.ts';
import { never, type StreamStep } from '../outcome.ts';
import { mmtlsContent, nothingMore } from './records.ts';

/**
 * The server's side of the exchange: status 200, and mmtls records as content, up to its length or, where the head does
 * not say one, for as long as the connection lasts.
 */
export const mmtlsHttpAnswer: StreamStep = (bytes) => {
  const status = readStatus(bytes);
  if (status.kind !== 'read') return status;
  if (status.value !== 200) return never('mmtls-http-answer-status');
  const head = readResponseHead(bytes);
  if (head.kind !== 'read') return head;
  const content = readContentLength('1.1', head.value.fields);
  if (content.kind === 'never') return content;
  if (content.kind === 'chunked') return never('mmtls-http-answer-chunked');
  const contentBytes = content.kind === 'length' ? content.bytes : Number.POSITIVE_INFINITY;
  const next = contentBytes === 0 ? nothingMore : mmtlsContent(contentBytes);
  return { kind: 'match', facts: null, consumed: head.end, skip: 0, next };
};
