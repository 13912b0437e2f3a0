import {
  CLIENT_HELLO,
  type ClientHello,
  MAX_CLIENT_HELLO_BYTES,
  readClientHello,
} from '../client-hello/client-hello.ts';
import { Cursor } from '../cursor.ts';
import { type DatagramOutcome, type DatagramStep, type Never, NOT_THIS, never } from '../outcome.ts';
import { CryptoStream } from './crypto-stream.ts';
import { readInitialFrames } from './initial-frames.ts';
import { clientInitialKeys, type InitialKeys } from './initial-keys.ts';
import { hasLongHeader, hasShortHeader, type LongPacket, readLongPacket } from './long-packet.ts';
import { openInitial } from './open-initial.ts';
import { answer } from './server-flight.ts';

/** RFC 9000 §14.1. */
const MIN_INITIAL_DATAGRAM_BYTES = 1200;
/** RFC 9000 §7.2: the id that the client makes up, the server's may be shorter. */
const MIN_FIRST_DESTINATION_ID_BYTES = 8;
/** Cap on datagrams until a hello is complete: a client may send no more than about ten unanswered (RFC 9002 §7.2). */
const MAX_DATAGRAMS = 10;
/** Cap on packets in one datagram, each of which may cost a decryption; a first flight has no use for half of them. */
const MAX_COALESCED_PACKETS = 8;

/** What has been read of the client's Initials. Never changed: every datagram makes a new one. */
interface Flight {
  /** Null until the first Initial has come. */
  readonly keys: InitialKeys | null;
  readonly crypto: CryptoStream;
  /** Datagrams seen while the hello in `crypto` was not complete. */
  readonly datagrams: number;
  /** The hello in `crypto` is complete and was accepted. */
  readonly complete: boolean;
  /** The first hello that was complete, on which the flow was judged. */
  readonly judged: ClientHello | null;
}

const NOTHING_READ: Flight = { keys: null, crypto: new CryptoStream(), datagrams: 0, complete: false, judged: null };

/** The client's first datagram: an Initial, or 0-RTT that has overtaken it. */
export function firstDatagram(datagram: Uint8Array): DatagramOutcome {
  if (hasShortHeader(datagram)) return never('quic-short-header-first');
  if (!hasLongHeader(datagram)) return NOT_THIS;
  return readDatagram(NOTHING_READ, datagram);
}

/**
 * Reads on until the server's answer sets the client free; until then both directions are read anyway. A Retry or
 * a version negotiation makes the client start anew, with a hello that must ask for the same name.
 */
function continueFlight(flight: Flight): DatagramStep {
  return (datagram) => readDatagram(flight, datagram);
}

function readDatagram(before: Flight, datagram: Uint8Array): DatagramOutcome {
  const flight = readPackets(before, datagram);
  if ('kind' in flight) return flight;
  if (flight.complete) return { kind: 'match', facts: null, next: continueFlight(flight) };
  const hello = readHello(flight.crypto);
  if (hello === null) {
    const datagrams = flight.datagrams + 1;
    if (datagrams >= MAX_DATAGRAMS) return never('quic-hello-in-too-many-datagrams');
    return { kind: 'more', next: continueFlight({ ...flight, datagrams }) };
  }
  if (hello.kind === 'never') return hello;
  if (flight.judged !== null && flight.judged.serverName !== hello.serverName) {
    return never('quic-second-hello-differs');
  }
  const next = continueFlight({ ...flight, complete: true, judged: flight.judged ?? hello });
  if (flight.judged !== null) return { kind: 'match', facts: null, next };
  return { kind: 'match', facts: { app: 'quic', name: hello.serverName, ech: hello.ech }, next, answer };
}

/** Walks the packets of a datagram (RFC 9000 §12.2) and reads its Initials; others are stepped over by their length. */
function readPackets(before: Flight, datagram: Uint8Array): Flight | Never {
  let flight: Flight = { ...before, crypto: before.crypto.copy() };
  let first: LongPacket | null = null;
  for (let at = 0, packets = 0; at < datagram.length; packets++) {
    if (packets === MAX_COALESCED_PACKETS) return never('quic-too-many-packets-in-datagram');
    if (!hasLongHeader(datagram, at)) {
      return at > 0 && isBlank(datagram.subarray(at)) ? flight : never('quic-bytes-not-a-long-packet');
    }
    const packet = readLongPacket(datagram, at);
    if (packet.kind === 'never') return packet;
    if (packet.kind === 'version-negotiation') return never('quic-version-negotiation-from-client');
    if (packet.type === 'retry') return never('quic-retry-from-client');
    first ??= packet;
    if (!sameBytes(packet.destinationId, first.destinationId)) return never('quic-coalesced-ids-differ');
    if (flight.keys === null) {
      if (packet.type === 'handshake') return never('quic-handshake-first');
      if (packet.destinationId.length < MIN_FIRST_DESTINATION_ID_BYTES) return never('quic-connection-id-too-short');
    }
    if (packet.type === 'initial') {
      if (datagram.length < MIN_INITIAL_DATAGRAM_BYTES) return never('quic-datagram-too-small');
      let frames = flight.keys === null ? null : openInitial(flight.keys, packet);
      if (frames === null) {
        const keys = clientInitialKeys(packet.version, packet.destinationId);
        flight = { ...flight, keys, crypto: new CryptoStream(), complete: false };
        frames = openInitial(keys, packet);
      }
      if (frames === null) return never('quic-initial-undecryptable');
      const refusal = readInitialFrames(frames, flight.crypto);
      if (refusal !== null) return refusal;
      if (flight.complete && flight.crypto.end > before.crypto.end) return never('quic-crypto-after-hello');
    }
    at += packet.bytes.length;
  }
  return flight;
}

/** The ClientHello, alone on its stream; null where some of it is yet to come. */
function readHello(crypto: CryptoStream): ClientHello | Never | null {
  const cursor = new Cursor(crypto.prefix);
  const type = cursor.u8();
  const length = cursor.u24();
  if (cursor.failed) return null;
  if (type !== CLIENT_HELLO) return never('quic-not-a-client-hello');
  const size = cursor.offset + length;
  if (size > MAX_CLIENT_HELLO_BYTES) return never('quic-hello-too-long');
  if (crypto.end > size) return never('quic-crypto-after-hello');
  if (crypto.prefix.length < size) return null;
  const hello = readClientHello(cursor.part(length));
  return hello.kind === 'hello' && !hello.quicParameters ? never('quic-parameters-missing') : hello;
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
