import { isFieldValueByte, LINE_END_BYTES, SEMICOLON } from '../http-grammar/character.ts';
import { lineEndFault, readFieldLines } from '../http-grammar/field-lines.ts';
import { moreText, type Read } from '../http-grammar/read.ts';
import { latin1Text } from '../latin1-text.ts';
import { never, type StreamOutcome, type StreamStep } from '../outcome.ts';

/** 13 digits are 52 bits: any size they can say is exact in a double. */
const maxSizeDigits = 13;
/** No client of a chat is known to send extensions; a signature of a kilobyte is what others use them for. */
const maxExtensionBytes = 1024;
/** Trailers are checksums and signatures. */
const maxTrailerBytes = 4096;

/** Fields that would say anew where the message ends or whom it is for (RFC 9110 §6.5.1). */
const notInTrailers = ['host', 'content-length', 'transfer-encoding', 'upgrade', 'connection'];

/**
 * Walks chunked content (RFC 9112 §7.1) from its first chunk's size to the empty line behind its trailers, skipping
 * the chunks' data, and hands what follows to `after`.
 */
export function chunkedContent(after: StreamStep): StreamStep {
  const readChunk = (bytes: Uint8Array, at: number): StreamOutcome => {
    const size = readChunkSize(bytes, at);
    if (size.kind !== 'read') return size;
    if (size.value === 0) return readTrailers(bytes, size.end, after);
    return { kind: 'match', facts: null, consumed: size.end, skip: size.value, next: followingChunk };
  };
  const followingChunk: StreamStep = (bytes) => {
    const fault = lineEndFault(bytes, 0);
    if (fault === null) return readChunk(bytes, LINE_END_BYTES);
    return fault.kind === 'more' ? fault : never('http-chunk-longer-than-said');
  };
  return (bytes) => readChunk(bytes, 0);
}

/** Reads `chunk-size [chunk-ext] CRLF`; nothing, not even a space, may stand between the size and what follows it. */
function readChunkSize(bytes: Uint8Array, from: number): Read<number> {
  let at = from;
  while (isHexDigit(bytes[at])) at += 1;
  if (at - from > maxSizeDigits) return never('http-chunk-size');
  const behindSize = bytes[at];
  if (behindSize === undefined) return moreText(bytes);
  if (at === from) return never('http-chunk-size');
  const size = Number.parseInt(latin1Text(bytes, from, at), 16);
  if (behindSize === SEMICOLON) {
    const extensionAt = at;
    while (isFieldValueByte(bytes[at])) at += 1;
    if (at - extensionAt > maxExtensionBytes) return never('http-chunk-extension-too-long');
  }
  const fault = lineEndFault(bytes, at);
  if (fault === null) return { kind: 'read', value: size, end: at + LINE_END_BYTES };
  return fault.kind === 'more' ? fault : never('http-chunk-size');
}

function readTrailers(bytes: Uint8Array, from: number, after: StreamStep): StreamOutcome {
  const shown = bytes.subarray(0, from + maxTrailerBytes);
  const trailers = readFieldLines(shown, from);
  if (trailers.kind === 'more' && shown.length === from + maxTrailerBytes) return never('http-trailers-too-long');
  if (trailers.kind !== 'read') return trailers;
  if (notInTrailers.some((name) => trailers.value.get(name).length > 0)) return never('http-trailer-field');
  return { kind: 'match', facts: null, consumed: trailers.end, skip: 0, next: after };
}

function isHexDigit(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
}
