import { number, vector } from '../client-hello/encode-client-hello.ts';
import { concat } from '../hex.ts';

export function record(type: number, content: Uint8Array | readonly number[], version = 0x0301): Uint8Array {
  return Uint8Array.from([type, ...number(2, version), ...vector(2, content)]);
}

/** A handshake message in records of at most `size` bytes each. */
export function handshakeRecords(message: Uint8Array, size = 0x4000): Uint8Array {
  const pieces = [];
  for (let at = 0; at < message.length; at += size) pieces.push(record(22, message.subarray(at, at + size)));
  return concat(...pieces);
}

export const CHANGE_CIPHER_SPEC = record(20, [1], 0x0303);
/** Fatal, handshake failure. */
export const ALERT = record(21, [2, 40], 0x0303);
export const EARLY_DATA = record(23, Array(40).fill(9), 0x0303);
