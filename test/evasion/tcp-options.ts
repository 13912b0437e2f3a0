import { noise } from '../dissect/hex.ts';
import type { Loss } from './trick.ts';

const NO_OPTIONS = new Uint8Array(0);
const NO_OPERATION = 1;

/** RFC 7323 §3.2: kind 8, 10 bytes, the sender's clock and the echo of the other's; padded. */
export function timestamp(clock: number): Uint8Array {
  const bytes = Buffer.from([8, 10, 0, 0, 0, 0, 0, 0, 0, 0, NO_OPERATION, NO_OPERATION]);
  bytes.writeUInt32BE(clock, 2);
  return Uint8Array.from(bytes);
}

/** RFC 2385 §3.0: kind 19, 18 bytes, a digest; padded. */
const SIGNATURE = Uint8Array.from([19, 18, ...noise(16), NO_OPERATION, NO_OPERATION]);

/** On the SYN of a connection in which old timestamps are to count as old. */
export const NEW_TIMESTAMP = timestamp(1_000_000);
const OLD_TIMESTAMP = timestamp(1);

/** The options by which a server throws a segment away. */
export function optionsFor(loss: Loss | null): Uint8Array {
  if (loss === 'md5') return SIGNATURE;
  return loss === 'timestamp' ? OLD_TIMESTAMP : NO_OPTIONS;
}
