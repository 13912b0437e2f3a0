import { Cursor } from '../cursor.ts';
import { more, type Never, never, type StreamMore } from '../outcome.ts';

/** RFC 8446 §5.1. */
export const RecordType = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23 } as const;

export const RECORD_HEADER_BYTES = 5;
const MAX_PLAIN_BYTES = 0x4000;
/** RFC 8446 §5.2: what encryption may add. */
const MAX_ENCRYPTED_BYTES = MAX_PLAIN_BYTES + 256;

export interface TlsRecord {
  readonly kind: 'record';
  readonly type: number;
  /** Where its content starts and ends in the bytes it was read from, which may show less of it. */
  readonly start: number;
  readonly end: number;
}

/**
 * Reads the record header at `at`, as it stands before encryption begins, early data included: type, version
 * 3.1 to 3.4 and a length that fits the type. Never empty: no record that carries nothing is due before encryption.
 */
export function readRecord(bytes: Uint8Array, at: number): TlsRecord | StreamMore | Never {
  const start = at + RECORD_HEADER_BYTES;
  if (bytes.length < start) return more(start);
  const cursor = new Cursor(bytes, at);
  const type = cursor.u8();
  const version = cursor.u16();
  const length = cursor.u16();
  if (version < 0x0301 || version > 0x0304) return never('tls-record-version');
  if (!fits(type, length)) return never('tls-record-length');
  return { kind: 'record', type, start, end: start + length };
}

function fits(type: number, length: number): boolean {
  switch (type) {
    case RecordType.changeCipherSpec:
      return length === 1;
    case RecordType.alert:
      return length === 2;
    case RecordType.handshake:
      return length > 0 && length <= MAX_PLAIN_BYTES;
    case RecordType.applicationData:
      return length > 0 && length <= MAX_ENCRYPTED_BYTES;
    default:
      return false;
  }
}
