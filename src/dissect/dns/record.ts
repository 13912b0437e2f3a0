import { unsigned } from '../unsigned.ts';
import { skipName } from './name.ts';

/** A resource record (RFC 1035 §4.1.3): name · type u16 · class u16 · TTL u32 · length u16 · data. */
export interface ResourceRecord {
  readonly type: number;
  readonly class: number;
  readonly ttl: number;
  /** Whether the owner is the root. */
  readonly isOfRoot: boolean;
  readonly dataAt: number;
  /** Offset behind the data. */
  readonly end: number;
}

const fixedBytes = 10;
/** With the root, or nothing but a pointer's first byte, in front. */
export const minRecordBytes = 1 + fixedBytes;

/** Reads the record at `from`; null where it does not lie within the message. */
export function readRecord(message: Uint8Array, from: number): ResourceRecord | null {
  const fixedAt = skipName(message, from);
  if (fixedAt === null || fixedAt + fixedBytes > message.length) return null;
  const dataAt = fixedAt + fixedBytes;
  const end = dataAt + unsigned(message, fixedAt + 8, 2);
  if (end > message.length) return null;
  return {
    type: unsigned(message, fixedAt, 2),
    class: unsigned(message, fixedAt + 2, 2),
    ttl: unsigned(message, fixedAt + 4, 4),
    isOfRoot: fixedAt === from + 1,
    dataAt,
    end,
  };
}
