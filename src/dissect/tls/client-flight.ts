import {
  CLIENT_HELLO,
  type ClientHello,
  MAX_CLIENT_HELLO_BYTES,
  readClientHello,
} from '../client-hello/client-hello.ts';
import {
  FREE,
  more,
  type Never,
  NOT_THIS,
  never,
  type StreamMore,
  type StreamOutcome,
  type StreamStep,
} from '../outcome.ts';
import { remembering } from '../remembering.ts';
import { readHandshakeMessage } from './handshake-message.ts';
import { RECORD_HEADER_BYTES, RecordType, readRecord } from './record.ts';
import { answerTo, secondAnswer } from './server-flight.ts';

/** Those of a busy hotspot. */
const REMEMBERED_NAMES = 256;

/** The client's first bytes: a ClientHello alone in its records. */
export function firstHello(bytes: Uint8Array): StreamOutcome {
  const [type, major] = bytes;
  if (type === undefined) return more(1);
  if (type !== RecordType.handshake) return NOT_THIS;
  if (major === undefined) return more(2);
  if (major !== 3) return NOT_THIS;
  const found = readHello(bytes);
  if (found.kind !== 'found') return found;
  const { hello, end } = found;
  return {
    kind: 'match',
    facts: { app: 'tls', name: hello.serverName, ech: hello.ech },
    consumed: end,
    skip: 0,
    next: hello.earlyData ? untilAnsweredWithEarlyData : untilAnswered,
    answer: answerToHello(hello),
    answerKnownBy: 'server-hello',
  };
}

/**
 * What a client may send before the server's answer, which is where following it ends: the answer's step sets it
 * free. Until then both directions are read anyway, so this costs no packet.
 */
function untilAnswered(bytes: Uint8Array): StreamOutcome {
  return passRecord(bytes, false, untilAnswered);
}

function untilAnsweredWithEarlyData(bytes: Uint8Array): StreamOutcome {
  return passRecord(bytes, true, untilAnsweredWithEarlyData);
}

/**
 * Who reads the answer to this hello. Made once for hellos that are alike: there are as many as connections, which keep
 * them for as long as they wait.
 */
function answerToHello({ serverName, earlyData }: ClientHello): StreamStep {
  return earlyData ? answerWithEarlyData(serverName) : answer(serverName);
}

/** After a HelloRetryRequest: early data already on its way, then a hello that asks for the same name. */
function secondHello(serverName: string | null, earlyData: boolean): StreamStep {
  return function step(bytes: Uint8Array): StreamOutcome {
    if (bytes.length < RECORD_HEADER_BYTES) return more(RECORD_HEADER_BYTES);
    if (bytes[0] !== RecordType.handshake) return passRecord(bytes, earlyData, step);
    const found = readHello(bytes);
    if (found.kind !== 'found') return found;
    if (found.hello.serverName !== serverName) return never('tls-second-hello-differs');
    return { kind: 'match', facts: null, consumed: found.end, skip: 0, next: FREE, answer: secondAnswer };
  };
}

const answer = answersByName(false);
const answerWithEarlyData = answersByName(true);

function answersByName(earlyData: boolean): (serverName: string | null) => StreamStep {
  const toNobody = answerTo(secondHello(null, earlyData));
  const toNamed = remembering((name) => answerTo(secondHello(name, earlyData)), REMEMBERED_NAMES);
  return (serverName) => (serverName === null ? toNobody : toNamed(serverName));
}

function passRecord(bytes: Uint8Array, earlyData: boolean, next: StreamStep): StreamOutcome {
  const record = readRecord(bytes, 0);
  if (record.kind === 'more') return record;
  if (record.kind === 'never' || record.type === RecordType.handshake) return never('tls-bytes-after-hello');
  if (record.type === RecordType.applicationData && !earlyData) return never('tls-bytes-after-hello');
  return { kind: 'match', facts: null, consumed: record.start, skip: record.end - record.start, next };
}

interface FoundHello {
  readonly kind: 'found';
  readonly hello: ClientHello;
  readonly end: number;
}

function readHello(bytes: Uint8Array): FoundHello | StreamMore | Never {
  const message = readHandshakeMessage(bytes, CLIENT_HELLO, MAX_CLIENT_HELLO_BYTES);
  if (message.kind !== 'message') return message;
  if (!message.endsRecord) return never('tls-bytes-after-hello');
  const hello = readClientHello(message.body);
  return hello.kind === 'hello' ? { kind: 'found', hello, end: message.end } : hello;
}
