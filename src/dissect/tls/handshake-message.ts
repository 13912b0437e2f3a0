import { Cursor } from '../cursor.ts';
import { more, type Never, never, type StreamMore } from '../outcome.ts';
import { RECORD_HEADER_BYTES, RecordType, readRecord } from './record.ts';

/** One byte type, three bytes length (RFC 8446 §4). */
const HEADER_BYTES = 4;
/** Cap on a message with the headers of its records: a full-size hello in records of five bytes and more fits. */
const MAX_BYTES_ON_WIRE = 0x8000;

export interface HandshakeMessage {
  readonly kind: 'message';
  /** The message without its type and length, nothing of it read yet; in the bytes read where they lay in one record. */
  readonly body: Cursor;
  /** Where the message ends in the bytes read. */
  readonly end: number;
  /** Its last record ends there too. */
  readonly endsRecord: boolean;
}

/**
 * Reads the handshake message of the given type that starts with the first byte of `bytes`, from however many
 * records it lies in. Nothing but handshake records may stand between its pieces (RFC 8446 §5.1).
 */
export function readHandshakeMessage(
  bytes: Uint8Array,
  type: number,
  maxBytes: number,
): HandshakeMessage | StreamMore | Never {
  let header = 0;
  let size = HEADER_BYTES;
  let filled = 0;
  let at = 0;
  while (at <= MAX_BYTES_ON_WIRE) {
    const record = readRecord(bytes, at);
    if (record.kind !== 'record') return record;
    if (record.type !== RecordType.handshake) return never('tls-handshake-interrupted');
    const shown = Math.min(record.end, bytes.length);
    at = record.start;
    for (; filled < HEADER_BYTES && at < shown; filled++, at++) header = header * 0x100 + (bytes[at] ?? 0);
    if (filled === HEADER_BYTES) {
      if (header >>> 24 !== type) return never('tls-handshake-type');
      size = HEADER_BYTES + (header & 0xffffff);
      if (size > maxBytes) return never('tls-handshake-too-long');
    }
    const end = at + size - filled;
    if (filled >= HEADER_BYTES && end <= shown) {
      const isInFirstRecord = filled === HEADER_BYTES && at === RECORD_HEADER_BYTES + HEADER_BYTES;
      const body = isInFirstRecord ? new Cursor(bytes, at, end) : new Cursor(content(bytes, size), HEADER_BYTES);
      return { kind: 'message', body, end, endsRecord: end === record.end };
    }
    if (shown < record.end) return more(end <= record.end ? end : record.end + RECORD_HEADER_BYTES);
    filled += shown - at;
    at = record.end;
  }
  return never('tls-handshake-in-too-many-records');
}

/** A message of `size` bytes, header included, whose several records have been checked. */
function content(bytes: Uint8Array, size: number): Uint8Array {
  const message = new Uint8Array(size);
  let filled = 0;
  for (let at = 0; filled < size; ) {
    const record = readRecord(bytes, at);
    if (record.kind !== 'record') break;
    const piece = bytes.subarray(record.start, Math.min(record.end, record.start + size - filled));
    message.set(piece, filled);
    filled += piece.length;
    at = record.end;
  }
  return message;
}
