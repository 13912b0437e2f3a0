import { latin1Text } from '../latin1-text.ts';
import { never } from '../outcome.ts';
import { isFieldValueByte, LINE_END_BYTES } from './character.ts';
import { lineEndFault, readFieldLines } from './field-lines.ts';
import type { Fields } from './fields.ts';
import { moreText, type Read } from './read.ts';
import { maxHeadBytes } from './request-head.ts';

export interface ResponseHead {
  readonly status: number;
  /** Borrowed from the bytes that were read. */
  readonly fields: Fields;
}

const digit = '0123456789';
/** What each byte of a status line may be, from `HTTP/1.` up to the one behind the status code. */
const statusLine = ['H', 'T', 'T', 'P', '/', '1', '.', '01', ' ', '12345', digit, digit, ' \r'];
const statusEnd = statusLine.length - 1;

/**
 * Reads `HTTP/1.0` or `HTTP/1.1`, a space and a status code from 100 to 599 (RFC 9112 §4, RFC 9110 §15) from the front
 * of a server's bytes; `end` is behind the code.
 */
export function readStatus(bytes: Uint8Array): Read<number> {
  const shown = latin1Text(bytes, 0, Math.min(bytes.length, statusLine.length));
  if (!statusLine.every((allowed, at) => allowed.includes(shown.charAt(at)))) return never('http-answer-malformed');
  if (shown.length < statusLine.length) return moreText(bytes);
  return { kind: 'read', value: Number(shown.slice(statusEnd - 3, statusEnd)), end: statusEnd };
}

/** Reads a response head (RFC 9112 §2.1), as strictly as a request's lines are read. */
export function readResponseHead(bytes: Uint8Array): Read<ResponseHead> {
  const shown = bytes.subarray(0, maxHeadBytes);
  const read = readLines(shown);
  return read.kind === 'more' && shown.length === maxHeadBytes ? never('http-head-too-long') : read;
}

function readLines(bytes: Uint8Array): Read<ResponseHead> {
  const status = readStatus(bytes);
  if (status.kind !== 'read') return status;
  let at = status.end;
  while (isFieldValueByte(bytes[at])) at += 1;
  const fault = lineEndFault(bytes, at);
  if (fault !== null) return fault;
  const fields = readFieldLines(bytes, at + LINE_END_BYTES);
  if (fields.kind !== 'read') return fields;
  return { kind: 'read', value: { status: status.value, fields: fields.value }, end: fields.end };
}
