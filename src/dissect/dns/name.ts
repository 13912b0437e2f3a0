import { type Never, never } from '../outcome.ts';

/** A name as text, in lower case, labels joined by dots, without a trailing one; empty for the root. */
export interface Name {
  readonly kind: 'name';
  readonly text: string;
  /** Offset of the first byte behind the name. */
  readonly end: number;
}

/** RFC 1035 §2.3.4, with the length bytes and the root's. */
export const maxNameBytes = 255;
const maxLabelBytes = 63;

/**
 * Reads a name written out in full (RFC 1035 §3.1). A label may hold letters, digits, hyphens and underscores only: one
 * with a dot inside would read like two.
 */
export function readName(message: Uint8Array, from: number): Name | Never {
  let text = '';
  let at = from;
  for (;;) {
    const length = message[at];
    if (length === undefined) return never('dns-cut-short');
    if (length > maxLabelBytes) return never('dns-name-compressed');
    const labelAt = at + 1;
    at = labelAt + length;
    if (at - from > maxNameBytes) return never('dns-name-too-long');
    if (at > message.length) return never('dns-cut-short');
    if (length === 0) return { kind: 'name', text, end: at };
    if (text !== '') text += '.';
    for (let index = labelAt; index < at; index += 1) {
      const character = labelCharacter(message[index] ?? 0);
      if (character === null) return never('dns-odd-label');
      text += character;
    }
  }
}

/**
 * Passes over a name that may hold any bytes and end in a pointer to an earlier place (RFC 1035 §4.1.4), which is not
 * followed. Returns the offset behind it; null where it is malformed or cut short.
 */
export function skipName(message: Uint8Array, from: number): number | null {
  let at = from;
  for (;;) {
    const length = message[at];
    if (length === undefined) return null;
    if (length >= 0xc0) {
      const low = message[at + 1];
      return low !== undefined && (((length & 0x3f) << 8) | low) < at ? at + 2 : null;
    }
    if (length > maxLabelBytes || at + 1 + length - from > maxNameBytes) return null;
    at += 1 + length;
    if (length === 0) return at;
  }
}

function labelCharacter(byte: number): string | null {
  const isPlain = (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || byte === 0x2d || byte === 0x5f;
  if (isPlain) return String.fromCharCode(byte);
  return byte >= 0x41 && byte <= 0x5a ? String.fromCharCode(byte + 0x20) : null;
}
