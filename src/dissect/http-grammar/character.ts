/** Bytes by what HTTP lets them be part of. */
export const CR = 0x0d;
export const LF = 0x0a;
/** CR LF. */
export const LINE_END_BYTES = 2;
export const SP = 0x20;
export const HTAB = 0x09;
export const COLON = 0x3a;
export const SEMICOLON = 0x3b;

/** Optional whitespace (RFC 9110 §5.6.3): `trim` would take a no-break space, 0xa0, too. */
export function isWhitespace(byte: number | undefined): boolean {
  return byte === SP || byte === HTAB;
}

export function lowerCaseByte(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}

const tokenBytes = classOf((byte) => /[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(String.fromCharCode(byte)));
const fieldValueBytes = classOf((byte) => byte === HTAB || (byte >= SP && byte !== 0x7f));
const targetBytes = classOf((byte) => byte > SP && byte < 0x7f && !'"#<>\\'.includes(String.fromCharCode(byte)));

/** `tchar` (RFC 9110 §5.6.2). */
export function isTokenByte(byte: number | undefined): boolean {
  return byte !== undefined && tokenBytes[byte] === 1;
}

/** `field-vchar`, space or tab (RFC 9110 §5.5): no control character, any `obs-text`. */
export function isFieldValueByte(byte: number | undefined): boolean {
  return byte !== undefined && fieldValueBytes[byte] === 1;
}

/**
 * A byte of a request target: those of RFC 3986, and `[ ] ^ { | }` and the backtick, which phones' HTTP libraries
 * send as they are and which no server takes for the end of a target.
 */
export function isTargetByte(byte: number | undefined): boolean {
  return byte !== undefined && targetBytes[byte] === 1;
}

function classOf(contains: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (contains(byte) ? 1 : 0));
}
