import { type Never, never } from '../outcome.ts';
import type { Fields } from './fields.ts';
import type { HttpVersion } from './request-line.ts';

/** How long a message's content is said to be (RFC 9112 §6). */
export type ContentLength =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' };

const NONE: ContentLength = { kind: 'none' };

/** 15 digits stay exact in a double, with room to add to them. */
const lengthDigits = /^(?:0|[1-9][0-9]{0,14})$/;

/**
 * Reads the fields that say where a message ends. Wherever two readers could find two ends there is none: a length that
 * is repeated, a list, signed or zero-padded (RFC 9110 §8.6), a length beside a coding, a coding that is not plainly
 * `chunked`, or one in HTTP/1.0 (RFC 9112 §6.1, §6.3).
 */
export function readContentLength(version: HttpVersion, fields: Pick<Fields, 'get'>): ContentLength | Never {
  const lengths = fields.get('content-length');
  const codings = fields.get('transfer-encoding');
  if (lengths.length > 0 && codings.length > 0) return never('http-length-and-coding');
  if (codings.length > 0) {
    const plain = codings.length === 1 && codings[0]?.toLowerCase() === 'chunked' && version === '1.1';
    return plain ? { kind: 'chunked' } : never('http-transfer-coding');
  }
  if (lengths.length > 1) return never('http-length-repeated');
  const length = lengths[0];
  if (length === undefined) return NONE;
  return lengthDigits.test(length) ? { kind: 'length', bytes: Number(length) } : never('http-length-malformed');
}
