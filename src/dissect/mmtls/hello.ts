import type { MmtlsFacts } from '../facts.ts';
import type { MessageHeader } from '../message-header.ts';
import { more, type Never, NOT_THIS, never, type StreamMore } from '../outcome.ts';
import { mayEqual, mayLieWithin, unsigned } from '../unsigned.ts';
import {
  ALERT,
  CLEAR_ALERT_BYTES,
  EARLY_DATA,
  HANDSHAKE,
  mayBeginRecord,
  RECORD_HEADER_BYTES,
  readRecordHeader,
  SECTION_LENGTH_BYTES,
} from './record.ts';

export interface ClientHello extends MessageHeader {
  readonly hello: MmtlsFacts['hello'];
}

const MALFORMED_CLIENT_HELLO = never('mmtls-client-hello-malformed');
const MALFORMED_SERVER_HELLO = never('mmtls-server-hello-malformed');

/** TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: keys are agreed anew. */
const FULL_SUITE = 0xc02b;
/** TLS_PSK_WITH_AES_128_GCM_SHA256: a key kept from before. */
const RESUMPTION_SUITE = 0x00a8;
/** Real hellos offer one or two. */
const MAX_SUITES = 4;

/** Seen: 46 to 366 bytes; two tickets and two keys stay far below this. */
const MAX_HELLO_BYTES = 4096;

const SECTION_AT = RECORD_HEADER_BYTES;
const SIDE_AT = SECTION_AT + SECTION_LENGTH_BYTES;
/** Behind the side and the inner version a server names its suite, a client how many it offers. */
const CHOICE_AT = SIDE_AT + 3;
const OFFERS_AT = CHOICE_AT + 1;
const SUITE_BYTES = 2;
const RANDOM_BYTES = 32;
const TIME_BYTES = 4;
/** u32 length · u8 number. */
const EXTENSIONS_HEAD_BYTES = 5;

/**
 * A client's hello, one record (big-endian but for the inner version):
 * record header · u32 section length · u8 1 · u16 version, little-endian · u8 number of suites · u16 each ·
 * 32 random bytes · u32 unix time · u32 length of the extensions, to the record's end · u8 their number · …
 * Type 0x19 in place of 0x16 announces 0-RTT data behind it. Source: Citizen Lab (2024); duo/gommtls
 * `client_hello.go`; captures. Read up to the extensions' number, which rests on every length before it.
 */
export function readClientHello(bytes: Uint8Array): ClientHello | StreamMore | Never {
  if (!mayBeginRecord(bytes, [HANDSHAKE, EARLY_DATA])) return NOT_THIS;
  const suites = bytes[OFFERS_AT - 1] ?? 0;
  const extensionsAt = OFFERS_AT + SUITE_BYTES * suites + RANDOM_BYTES + TIME_BYTES;
  const fits =
    maySection(bytes, 1, OFFERS_AT + SUITE_BYTES + RANDOM_BYTES + TIME_BYTES + EXTENSIONS_HEAD_BYTES) &&
    mayLieWithin(bytes, OFFERS_AT - 1, 1, 1, MAX_SUITES) &&
    (bytes.length < OFFERS_AT + SUITE_BYTES * suites || offers(bytes, suites, FULL_SUITE, RESUMPTION_SUITE)) &&
    (bytes.length < OFFERS_AT || mayExtend(bytes, extensionsAt));
  if (!fits) return MALFORMED_CLIENT_HELLO;
  const headerBytes = extensionsAt + EXTENSIONS_HEAD_BYTES;
  if (bytes.length < OFFERS_AT || bytes.length < headerBytes) return more(bytes.length + 1);
  const full = offers(bytes, suites, FULL_SUITE);
  const hello = bytes[0] === EARLY_DATA ? 'early-data' : full ? 'full' : 'resumed';
  return { kind: 'header', headerBytes, bodyBytes: recordEnd(bytes) - headerBytes, hello };
}

/**
 * A server's first record: its hello (record header · u32 section length · u8 2 · u16 version, little-endian ·
 * u16 suite · 32 random bytes · u32 length of the extensions, to the record's end · u8 their number · …), or an alert.
 */
export function readServerHello(bytes: Uint8Array): MessageHeader | StreamMore | Never {
  if (bytes[0] === ALERT) return readAlert(bytes);
  if (!mayBeginRecord(bytes, [HANDSHAKE])) return NOT_THIS;
  const extensionsAt = CHOICE_AT + SUITE_BYTES + RANDOM_BYTES;
  const headerBytes = extensionsAt + EXTENSIONS_HEAD_BYTES;
  const fits =
    maySection(bytes, 2, headerBytes) &&
    (mayEqual(bytes, CHOICE_AT, 2, FULL_SUITE) || mayEqual(bytes, CHOICE_AT, 2, RESUMPTION_SUITE)) &&
    mayExtend(bytes, extensionsAt);
  if (!fits) return MALFORMED_SERVER_HELLO;
  if (bytes.length < headerBytes) return more(bytes.length + 1);
  return { kind: 'header', headerBytes, bodyBytes: recordEnd(bytes) - headerBytes };
}

/** Record length, section length, side and inner version, as far as they have arrived. */
function maySection(bytes: Uint8Array, side: 1 | 2, minEnd: number): boolean {
  if (!mayLieWithin(bytes, 3, 2, minEnd - RECORD_HEADER_BYTES, MAX_HELLO_BYTES)) return false;
  if (bytes.length < RECORD_HEADER_BYTES) return true;
  return (
    mayEqual(bytes, SECTION_AT, 4, unsigned(bytes, 3, 2) - SECTION_LENGTH_BYTES) &&
    mayEqual(bytes, SIDE_AT, 1, side) &&
    mayLieWithin(bytes, SIDE_AT + 1, 1, 0x03, 0x04) &&
    mayEqual(bytes, SIDE_AT + 2, 1, 0xf1)
  );
}

/** Whether the extensions' length can still reach exactly to the record's end. */
function mayExtend(bytes: Uint8Array, at: number): boolean {
  if (bytes.length < RECORD_HEADER_BYTES) return true;
  const left = recordEnd(bytes) - at - 4;
  return left >= 1 && mayEqual(bytes, at, 4, left);
}

function offers(bytes: Uint8Array, suites: number, ...wanted: number[]): boolean {
  for (let i = 0; i < suites; i += 1) {
    if (wanted.includes(unsigned(bytes, OFFERS_AT + SUITE_BYTES * i, SUITE_BYTES))) return true;
  }
  return false;
}

function readAlert(bytes: Uint8Array): MessageHeader | StreamMore | Never {
  const header = readRecordHeader(bytes);
  if (header.kind !== 'header' || header.bodyBytes !== CLEAR_ALERT_BYTES) return header;
  const chained = mayEqual(bytes, SECTION_AT, 4, CLEAR_ALERT_BYTES - SECTION_LENGTH_BYTES);
  if (!chained) return MALFORMED_SERVER_HELLO;
  if (bytes.length < RECORD_HEADER_BYTES + CLEAR_ALERT_BYTES) return more(bytes.length + 1);
  return { kind: 'header', headerBytes: RECORD_HEADER_BYTES + CLEAR_ALERT_BYTES, bodyBytes: 0 };
}

function recordEnd(bytes: Uint8Array): number {
  return RECORD_HEADER_BYTES + unsigned(bytes, 3, 2);
}
