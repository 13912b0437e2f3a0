import { FREE, more, type Never, never, type StreamMore, type StreamOutcome, type StreamStep } from '../outcome.ts';
import { readHandshakeMessage } from './handshake-message.ts';
import { RecordType, readRecord } from './record.ts';
import { MAX_SERVER_HELLO_BYTES, readServerHello, SERVER_HELLO } from './server-hello.ts';

/**
 * The server's first bytes: a ServerHello or an alert settles the flow, a HelloRetryRequest asks for a second
 * hello, which `secondHello` reads.
 */
export function answerTo(secondHello: StreamStep): StreamStep {
  return (bytes) => {
    const answer = readAnswer(bytes);
    if (answer.kind !== 'answer') return answer;
    if (!answer.retry) return settled(answer.end);
    if (!answer.endsRecord) return never('tls-bytes-after-retry');
    return { kind: 'match', facts: null, consumed: answer.end, skip: 0, next: untilSecondHello, answer: secondHello };
  };
}

/** Behind a HelloRetryRequest nothing but a change of cipher spec or an alert is due; then the client speaks. */
function untilSecondHello(bytes: Uint8Array): StreamOutcome {
  const record = readRecord(bytes, 0);
  if (record.kind !== 'record') return record;
  if (record.type !== RecordType.changeCipherSpec && record.type !== RecordType.alert) {
    return never('tls-bytes-after-retry');
  }
  return {
    kind: 'match',
    facts: null,
    consumed: record.start,
    skip: record.end - record.start,
    next: untilSecondHello,
  };
}

/** The answer to the second hello; the change of cipher spec that belongs to the retry may still come first. */
export function secondAnswer(bytes: Uint8Array): StreamOutcome {
  const record = readRecord(bytes, 0);
  if (record.kind !== 'record') return record;
  if (record.type === RecordType.changeCipherSpec) {
    return { kind: 'match', facts: null, consumed: record.start, skip: 1, next: secondAnswer };
  }
  const answer = readAnswer(bytes);
  if (answer.kind !== 'answer') return answer;
  return answer.retry ? never('tls-second-retry') : settled(answer.end);
}

function settled(consumed: number): StreamOutcome {
  return { kind: 'match', facts: null, consumed, skip: 0, next: FREE, answer: FREE };
}

interface Answer {
  readonly kind: 'answer';
  readonly retry: boolean;
  readonly end: number;
  readonly endsRecord: boolean;
}

function readAnswer(bytes: Uint8Array): Answer | StreamMore | Never {
  const record = readRecord(bytes, 0);
  if (record.kind !== 'record') return record;
  if (record.type === RecordType.alert) {
    if (bytes.length < record.end) return more(record.end);
    const level = bytes[record.start];
    if (level !== 1 && level !== 2) return never('tls-alert-malformed');
    return { kind: 'answer', retry: false, end: record.end, endsRecord: true };
  }
  const message = readHandshakeMessage(bytes, SERVER_HELLO, MAX_SERVER_HELLO_BYTES);
  if (message.kind !== 'message') return message;
  const hello = readServerHello(message.body);
  if (hello.kind !== 'hello') return hello;
  return { kind: 'answer', retry: hello.retry, end: message.end, endsRecord: message.endsRecord };
}
