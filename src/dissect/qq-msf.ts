import type { StreamDissector } from './dissector.ts';
import { followMessages, type MessageHeader } from './message-header.ts';
import { more, type Never, NOT_THIS, never, type StreamMore, type StreamStep } from './outcome.ts';
import { mayEqual, mayLieWithin, unsigned } from './unsigned.ts';

/** 0x0a from phones and 0x0c from desktops carry a login token, … */
const FIRST_TYPE = 0x0a;
const LAST_TYPE = 0x0d;
/** … 0x0b from phones and 0x0d from desktops a sequence number. */
const WITH_SEQUENCE: readonly number[] = [0x0b, 0x0d];

const PLAIN = 0;
/** 1 is sealed with the login's key, 2 with an empty one. */
const LAST_SEALING = 2;

const LENGTH_BYTES = 4;
const TYPE_AT = 4;
const SEALING_AT = 8;
const BEHIND_SEALING_AT = 9;
const SEQUENCE_BYTES = 4;

/** A message that carries neither token, account nor content would have this length. */
const MIN_MESSAGE_BYTES = 18;
/** Open clients (Mrs4s/MiraiGo) take no more; a message with pictures in it is a few hundred KB. */
const MAX_MESSAGE_BYTES = 10 * 1024 * 1024;
/** Tokens are 64 to 136 bytes long; this much is held until the account behind it can be read. */
const MAX_TOKEN_BYTES = 1024;
/** Account numbers have at most 11 digits; new accounts send none, or 0. */
const MAX_ACCOUNT_DIGITS = 20;
/** QQ's TEA cipher pads to 8-byte blocks, at least two. */
const BLOCK_BYTES = 8;
const MIN_SEALED_BYTES = 2 * BLOCK_BYTES;

/** A login takes three messages or more, and a heartbeat follows each half minute. */
const CLIENT_MESSAGES = 3;
const SERVER_MESSAGES = 1;

const MALFORMED = never('qq-msf-malformed');

/**
 * A client's message up to what is sealed (big-endian; every length counts itself):
 * u32 message length · u32 type · u8 sealing · u32 token length, token | u32 sequence · u8 0 ·
 * u32 account length, account in digits · content.
 * Source: Mrs4s/MiraiGo `transport.go`, LagrangeDev/Lagrange.Core `ServicePacker.cs`; the first two fields, a capture.
 */
function readRequest(bytes: Uint8Array): MessageHeader | StreamMore | Never {
  const opening = readOpening(bytes);
  if (opening !== null) return opening;
  if (WITH_SEQUENCE.includes(unsigned(bytes, TYPE_AT, 4)))
    return readAccount(bytes, BEHIND_SEALING_AT + SEQUENCE_BYTES);
  if (!mayLieWithin(bytes, BEHIND_SEALING_AT, LENGTH_BYTES, LENGTH_BYTES, MAX_TOKEN_BYTES)) return MALFORMED;
  if (bytes.length < BEHIND_SEALING_AT + LENGTH_BYTES) return more(bytes.length + 1);
  return readAccount(bytes, BEHIND_SEALING_AT + unsigned(bytes, BEHIND_SEALING_AT, LENGTH_BYTES));
}

/** A server's message: the same without token or sequence. */
function readAnswer(bytes: Uint8Array): MessageHeader | StreamMore | Never {
  return readOpening(bytes) ?? readAccount(bytes, BEHIND_SEALING_AT);
}

/** Length, type and sealing; null once they are there and sound. */
function readOpening(bytes: Uint8Array): StreamMore | Never | null {
  const sound =
    mayLieWithin(bytes, 0, LENGTH_BYTES, MIN_MESSAGE_BYTES, MAX_MESSAGE_BYTES) &&
    mayLieWithin(bytes, TYPE_AT, 4, FIRST_TYPE, LAST_TYPE) &&
    mayLieWithin(bytes, SEALING_AT, 1, PLAIN, LAST_SEALING);
  if (!sound) return NOT_THIS;
  return bytes.length < BEHIND_SEALING_AT ? more(bytes.length + 1) : null;
}

/** Zero byte and account at `at`, and whether what is left of the message can be its content. */
function readAccount(bytes: Uint8Array, at: number): MessageHeader | StreamMore | Never {
  const lengthAt = at + 1;
  const digitsAt = lengthAt + LENGTH_BYTES;
  const maxLength = LENGTH_BYTES + MAX_ACCOUNT_DIGITS;
  if (!mayEqual(bytes, at, 1, 0) || !mayLieWithin(bytes, lengthAt, LENGTH_BYTES, LENGTH_BYTES, maxLength)) {
    return MALFORMED;
  }
  if (bytes.length < digitsAt) return more(bytes.length + 1);
  const contentAt = lengthAt + unsigned(bytes, lengthAt, LENGTH_BYTES);
  if (bytes.subarray(digitsAt, contentAt).some((byte) => byte < 0x30 || byte > 0x39)) return MALFORMED;
  const contentBytes = unsigned(bytes, 0, LENGTH_BYTES) - contentAt;
  if (bytes[SEALING_AT] === PLAIN) return readPlainHead(bytes, contentAt, contentBytes);
  if (contentBytes < MIN_SEALED_BYTES || contentBytes % BLOCK_BYTES !== 0) return MALFORMED;
  if (bytes.length < contentAt) return more(bytes.length + 1);
  return { kind: 'header', headerBytes: contentAt, bodyBytes: contentBytes };
}

/** Content in the clear begins with a head whose length leaves room for it. */
function readPlainHead(bytes: Uint8Array, at: number, contentBytes: number): MessageHeader | StreamMore | Never {
  if (contentBytes < LENGTH_BYTES || !mayLieWithin(bytes, at, LENGTH_BYTES, LENGTH_BYTES, contentBytes)) {
    return MALFORMED;
  }
  const headerBytes = at + LENGTH_BYTES;
  if (bytes.length < headerBytes) return more(bytes.length + 1);
  return { kind: 'header', headerBytes, bodyBytes: contentBytes - LENGTH_BYTES };
}

const begin: StreamStep = (bytes) => {
  const header = readRequest(bytes);
  if (header.kind !== 'header') return header;
  return {
    kind: 'match',
    facts: { app: 'qq-msf', type: unsigned(bytes, TYPE_AT, 4) },
    consumed: header.headerBytes,
    skip: header.bodyBytes,
    next: followMessages(readRequest, CLIENT_MESSAGES - 1, 'qq-msf-followed-by-other-bytes'),
    answer: followMessages(readAnswer, SERVER_MESSAGES, 'qq-msf-answered-by-other-bytes'),
  };
};

/** The long connection of today's QQ, on phones and desktops. */
export const qqMsf: StreamDissector = { app: 'qq-msf', transport: 'tcp', ports: [8080, 80, 443, 14000], begin };
