import { Cursor } from '../cursor.ts';
import { type Never, never } from '../outcome.ts';
import { type LongPacketType, type QuicVersion, quicVersion } from './version.ts';

const LONG_HEADER = 0x80;
const FIXED_BIT = 0x40;
/** RFC 9000 §17.2. */
const MAX_CONNECTION_ID_BYTES = 20;
/** RFC 9001 §5.4.2: header protection takes its sample as if the packet number had four bytes. */
const MIN_PROTECTED_BYTES = 4 + 16;

/** A packet with a long header (RFC 9000 §17.2). Byte fields are views of the datagram. */
export interface LongPacket {
  readonly kind: 'packet';
  readonly version: QuicVersion;
  readonly type: LongPacketType;
  readonly destinationId: Uint8Array;
  readonly sourceId: Uint8Array;
  /** The packet from its first byte to its last. A Retry goes to the end of the datagram. */
  readonly bytes: Uint8Array;
  /** Where its packet number starts in `bytes`; a Retry has none, and its token starts there. */
  readonly packetNumberAt: number;
}

/** RFC 9000 §17.2.1: the server speaks none of the client's version. */
export interface VersionNegotiation {
  readonly kind: 'version-negotiation';
}

export function hasLongHeader(datagram: Uint8Array, at = 0): boolean {
  return ((datagram[at] ?? 0) & LONG_HEADER) !== 0;
}

/** With the fixed bit set, as a client's first packets have it. */
export function hasShortHeader(datagram: Uint8Array): boolean {
  return ((datagram[0] ?? 0) & (LONG_HEADER | FIXED_BIT)) === FIXED_BIT;
}

/**
 * Reads the header of the packet at `at`, whose long header bit is set. Every length is checked here. The fixed bit may
 * be clear: ends that agreed on it make it random (RFC 9287 §3.1), servers from their first packet on.
 */
export function readLongPacket(datagram: Uint8Array, at: number): LongPacket | VersionNegotiation | Never {
  const cursor = new Cursor(datagram, at);
  const first = cursor.u8();
  const versionNumber = cursor.u32();
  if (cursor.failed) return never('quic-header-cut-short');
  if (versionNumber === 0) return { kind: 'version-negotiation' };
  const version = quicVersion(versionNumber);
  if (version === undefined) return never('quic-version-unknown');
  const destinationId = cursor.take(cursor.u8());
  const sourceId = cursor.take(cursor.u8());
  if (destinationId.length > MAX_CONNECTION_ID_BYTES || sourceId.length > MAX_CONNECTION_ID_BYTES) {
    return never('quic-connection-id-too-long');
  }
  const type = version.types[(first >> 4) & 3] ?? 'retry';
  if (type === 'initial') cursor.skip(cursor.varint());
  const length = type === 'retry' ? cursor.left : cursor.varint();
  if (cursor.failed) return never('quic-header-cut-short');
  if (length > cursor.left) return never('quic-length-beyond-datagram');
  if (type !== 'retry' && length < MIN_PROTECTED_BYTES) return never('quic-packet-too-short');
  const bytes = datagram.subarray(at, cursor.offset + length);
  return { kind: 'packet', version, type, destinationId, sourceId, bytes, packetNumberAt: cursor.offset - at };
}
