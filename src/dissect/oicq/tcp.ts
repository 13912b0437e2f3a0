import type { StreamDissector } from '../dissector.ts';
import { FREE, more, type Never, NOT_THIS, never, type StreamMore, type StreamStep } from '../outcome.ts';
import { mayLieWithin, unsigned } from '../unsigned.ts';
import { HEAD_BYTES, LAST_BYTE, MIN_PACKET_BYTES, mayBeHead, oicqFacts } from './packet.ts';

/** u16, big-endian; counts itself and the packet. */
const PREFIX_BYTES = 2;
const MIN_MESSAGE_BYTES = PREFIX_BYTES + MIN_PACKET_BYTES;
/** A login's first packet is a few hundred bytes; it is held whole, for its last byte has to be right too. */
const MAX_FIRST_BYTES = 2048;
const MAX_MESSAGE_BYTES = 0xffff;

const CLIENT_MESSAGES = 3;
const SERVER_MESSAGES = 1;

const NO_LAST_BYTE = never('oicq-packet-without-end');

/** Length and head, as far as they have arrived; the whole length once both are there. */
function readHead(bytes: Uint8Array, maxBytes: number): number | StreamMore | Never {
  if (!mayLieWithin(bytes, 0, 2, MIN_MESSAGE_BYTES, maxBytes) || !mayBeHead(bytes, PREFIX_BYTES)) return NOT_THIS;
  return bytes.length < PREFIX_BYTES + HEAD_BYTES ? more(bytes.length + 1) : unsigned(bytes, 0, 2);
}

/** Reads `messages` by their heads and last bytes, passing over what lies between. */
function followPackets(messages: number, otherBytes: string): StreamStep {
  const otherwise = never(otherBytes);
  return (bytes) => {
    const head = readHead(bytes, MAX_MESSAGE_BYTES);
    if (typeof head !== 'number') return head.kind === 'more' ? head : otherwise;
    const consumed = PREFIX_BYTES + HEAD_BYTES;
    return { kind: 'match', facts: null, consumed, skip: head - consumed - 1, next: readEnd(messages, otherBytes) };
  };
}

function readEnd(messages: number, otherBytes: string): StreamStep {
  return (bytes) => {
    if (bytes.length === 0) return more(1);
    if (bytes[0] !== LAST_BYTE) return NO_LAST_BYTE;
    const next = messages > 1 ? followPackets(messages - 1, otherBytes) : FREE;
    return { kind: 'match', facts: null, consumed: 1, skip: 0, next };
  };
}

const begin: StreamStep = (bytes) => {
  const length = readHead(bytes, MAX_FIRST_BYTES);
  if (typeof length !== 'number') return length;
  if (bytes.length < length) return more(length);
  if (bytes[length - 1] !== LAST_BYTE) return NO_LAST_BYTE;
  return {
    kind: 'match',
    facts: oicqFacts(bytes, PREFIX_BYTES),
    consumed: length,
    skip: 0,
    next: followPackets(CLIENT_MESSAGES - 1, 'oicq-followed-by-other-bytes'),
    answer: followPackets(SERVER_MESSAGES, 'oicq-answered-by-other-bytes'),
  };
};

/** QQ's older protocol over TCP: the packets of UDP, each behind its length. */
export const oicqTcp: StreamDissector = { app: 'oicq', transport: 'tcp', ports: [80, 443, 8080], begin };
