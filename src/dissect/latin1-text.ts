import { Buffer } from 'node:buffer';

/** Texts remembered, each in the one place its bytes choose: a few thousand characters in all. */
const PLACES = 512;
/** Host names, methods, options; longer texts seldom come twice. */
const MAX_CHARACTERS = 64;

const FNV_OFFSET = 0x811c9dc5 | 0;
const FNV_PRIME = 0x01000193;

const lately: string[] = Array.from({ length: PLACES }, () => '');

/**
 * The bytes from `from` up to `to` as text, one character a byte. Phones say the same words again and again: looking one
 * up that was read lately costs a tenth of making it anew, and leaves nothing for the garbage collector.
 */
export function latin1Text(bytes: Uint8Array, from: number, to: number): string {
  if (to - from > MAX_CHARACTERS) return newText(bytes, from, to);
  let hash = FNV_OFFSET;
  for (let at = from; at < to; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), FNV_PRIME);
  const place = (hash ^ (hash >>> 16)) & (PLACES - 1);
  const known = lately[place] ?? '';
  if (isText(known, bytes, from, to)) return known;
  const text = newText(bytes, from, to);
  lately[place] = text;
  return text;
}

/** Equal places are no proof: the characters are. */
function isText(text: string, bytes: Uint8Array, from: number, to: number): boolean {
  if (text.length !== to - from) return false;
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) !== bytes[from + i]) return false;
  return true;
}

function newText(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
}
