import { readResponseHead, readStatus } from '../http-grammar/response-head.ts';
import { FREE, never, type StreamStep } from '../outcome.ts';

/**
 * The server's side of a connection: it has to begin like an HTTP response (RFC 9112 §4), past any interim ones
 * (RFC 9110 §15.2). What it answers is then its own affair, for the client's requests go on being read.
 */
export const httpAnswer: StreamStep = (bytes) => {
  const status = readStatus(bytes);
  if (status.kind !== 'read') return status;
  if (status.value === 101) return never('http-switching-protocols');
  if (status.value >= 200) return { kind: 'match', facts: null, consumed: status.end, skip: 0, next: FREE };
  const interim = readResponseHead(bytes);
  if (interim.kind !== 'read') return interim;
  return { kind: 'match', facts: null, consumed: interim.end, skip: 0, next: httpAnswer };
};
