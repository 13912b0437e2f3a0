import type { MessageHeader } from '../message-header.ts';
import { more, type Never, NOT_THIS, type StreamMore } from '../outcome.ts';
import { mayEqual, mayLieWithin, unsigned } from '../unsigned.ts';

export const ALERT = 0x15;
export const HANDSHAKE = 0x16;
export const DATA = 0x17;
export const EARLY_DATA = 0x19;

/** type u8 · version u16 · length u16 of the body. */
export const RECORD_HEADER_BYTES = 5;
/** u32 section length, which counts what follows it in the record. */
export const SECTION_LENGTH_BYTES = 4;

const OLDEST_VERSION = 0xf103;
const NEWEST_VERSION = 0xf104;

/** A sealed record holds at least one byte and the 16-byte tag of AES-128-GCM. */
const MIN_SEALED_BYTES = 17;
/** An alert in the clear: u32 section length = 3 and three bytes. */
export const CLEAR_ALERT_BYTES = 7;

/** Whether the three bytes that begin every record can still be of one of `types` and of a known version. */
export function mayBeginRecord(bytes: Uint8Array, types: readonly number[]): boolean {
  return types.some((type) => mayEqual(bytes, 0, 1, type)) && mayLieWithin(bytes, 1, 2, OLDEST_VERSION, NEWEST_VERSION);
}

/**
 * The header of a record behind the hello (big-endian): handshake, data and early data are sealed, an alert may be in
 * the clear. Source: Citizen Lab, "Should We Chat, Too?" (2024); captures.
 */
export function readRecordHeader(bytes: Uint8Array): MessageHeader | StreamMore | Never {
  if (!mayBeginRecord(bytes, [HANDSHAKE, DATA, EARLY_DATA, ALERT])) return NOT_THIS;
  const minBytes = bytes[0] === ALERT ? CLEAR_ALERT_BYTES : MIN_SEALED_BYTES;
  if (!mayLieWithin(bytes, 3, 2, minBytes, 0xffff)) return NOT_THIS;
  if (bytes.length < RECORD_HEADER_BYTES) return more(bytes.length + 1);
  return { kind: 'header', headerBytes: RECORD_HEADER_BYTES, bodyBytes: unsigned(bytes, 3, 2) };
}
