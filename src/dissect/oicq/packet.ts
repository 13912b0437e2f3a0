import type { OicqFacts } from '../facts.ts';
import { mayEqual, mayLieWithin, unsigned } from '../unsigned.ts';

const FIRST_BYTE = 0x02;
export const LAST_BYTE = 0x03;

/** u8 2 · u16 version · u16 command · u16 sequence · u32 account. */
export const HEAD_BYTES = 11;
/** The head, two blocks of QQ's TEA cipher, the last byte; the shortest known packet has 39. */
export const MIN_PACKET_BYTES = HEAD_BYTES + 16 + 1;

/** QQ 2006 is 0x0f5f; those seen since are 0x3639, 0x3b0b, 0x3b29 and 0x3c3d, rising with each release. */
const OLDEST_VERSION = 0x0f00;
const NEWEST_VERSION = 0x3fff;
/** Known: 0x0001–0x00b5, 0x01b6, 0x03f7 and the logins around 0x0825. */
const LAST_COMMAND = 0x0fff;
/** The lowest account number ever given out; 0 stands for one not known yet. */
const LOWEST_ACCOUNT = 10_000;

/**
 * Whether a packet's head at `at` can be OICQ's, as far as it has arrived (big-endian). Both sides send the same shape.
 * Source: Wireshark `packet-oicq.c`; captures of 2,015 packets, each of which ends in 0x03.
 */
export function mayBeHead(bytes: Uint8Array, at: number): boolean {
  return (
    mayEqual(bytes, at, 1, FIRST_BYTE) &&
    mayLieWithin(bytes, at + 1, 2, OLDEST_VERSION, NEWEST_VERSION) &&
    mayLieWithin(bytes, at + 3, 2, 1, LAST_COMMAND) &&
    (mayEqual(bytes, at + 7, 4, 0) || mayLieWithin(bytes, at + 7, 4, LOWEST_ACCOUNT, 0xffffffff))
  );
}

/** Whether `bytes` are one packet from first byte to last. */
export function isPacket(bytes: Uint8Array): boolean {
  return bytes.length >= MIN_PACKET_BYTES && mayBeHead(bytes, 0) && bytes[bytes.length - 1] === LAST_BYTE;
}

/** Of the whole head at `at`. */
export function oicqFacts(bytes: Uint8Array, at: number): OicqFacts {
  return { app: 'oicq', version: unsigned(bytes, at + 1, 2), command: unsigned(bytes, at + 3, 2) };
}
