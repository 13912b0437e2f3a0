import type { StreamDissector } from '../dissector.ts';
import { followMessages } from '../message-header.ts';
import type { StreamStep } from '../outcome.ts';
import { readClientHello, readServerHello } from './hello.ts';
import { readRecordHeader } from './record.ts';

/** The hello and two more: a client sends its finished message and a request, or 0-RTT data, within one round trip. */
const CLIENT_RECORDS = 3;
/** A server's hello is in the clear and checked to its end; what follows is sealed. */
const SERVER_RECORDS = 1;

const begin: StreamStep = (bytes) => {
  const hello = readClientHello(bytes);
  if (hello.kind !== 'header') return hello;
  return {
    kind: 'match',
    facts: { app: 'mmtls', hello: hello.hello },
    consumed: hello.headerBytes,
    skip: hello.bodyBytes,
    next: followMessages(readRecordHeader, CLIENT_RECORDS - 1, 'mmtls-followed-by-other-bytes'),
    answer: followMessages(readServerHello, SERVER_RECORDS, 'mmtls-answered-by-other-bytes'),
  };
};

/** WeChat's own TLS, its records raw on TCP: a client's hello, answered by a server's hello or alert. */
export const mmtls: StreamDissector = { app: 'mmtls', transport: 'tcp', ports: [80, 443, 8080, 14000], begin };
