import { Buffer } from 'node:buffer';

/** Texts remembered, each in the one place its bytes choose. */
const PLACES = 512;
/** What a place's bytes take: the text's length and the text, a line of the processor's cache. */
const ROW_BYTES = 64;
/** Host names, methods, options; longer texts seldom come twice. */
const MAX_CHARACTERS = ROW_BYTES - 1;

const FNV_OFFSET = 0x811c9dc5 | 0;
const FNV_PRIME = 0x01000193;

const lately: string[] = Array.from({ length: PLACES }, () => '');
const rows = new Uint8Array(PLACES * ROW_BYTES);

/**
 * The bytes from `from` up to `to` as text, one character a byte. Phones say the same words again and again: looking one
 * up that was read lately costs a tenth of making it anew, and leaves nothing for the garbage collector. It is also the
 * very same text as before, which whoever remembers what was made of it finds at once.
 */
export function latin1Text(bytes: Uint8Array, from: number, to: number): string {
  const length = to - from;
  if (length > MAX_CHARACTERS) return newText(bytes, from, to);
  let hash = FNV_OFFSET;
  for (let at = from; at < to; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), FNV_PRIME);
  const place = (hash ^ (hash >>> 16)) & (PLACES - 1);
  const row = place * ROW_BYTES;
  if (holds(row, bytes, from, length)) return lately[place] ?? '';
  const text = newText(bytes, from, to);
  rows[row] = length;
  for (let i = 0; i < length; i += 1) rows[row + 1 + i] = bytes[from + i] ?? 0;
  lately[place] = text;
  return text;
}

/** Equal places are no proof: the characters are. */
function holds(row: number, bytes: Uint8Array, from: number, length: number): boolean {
  if (rows[row] !== length) return false;
  for (let i = 0; i < length; i += 1) if (rows[row + 1 + i] !== bytes[from + i]) return false;
  return true;
}

function newText(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
}
