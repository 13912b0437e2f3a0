import { latin1Text } from '../latin1-text.ts';
import { type Never, NOT_THIS, never, type StreamMore } from '../outcome.ts';
import { CR, isTargetByte, LF, LINE_END_BYTES, SP } from './character.ts';
import { lineEndFault } from './field-lines.ts';
import { agrees, asciiBytes, moreText, type Read } from './read.ts';

export type HttpVersion = '1.0' | '1.1';

export interface RequestLine {
  readonly method: string;
  readonly target: string;
  readonly version: HttpVersion;
}

/**
 * The methods of RFC 9110 §9.3 and RFC 5789 a chat can need. CONNECT and HTTP/2's PRI (RFC 9113 §3.4) are known so
 * that they can be named in the log; TRACE and everything else is not taken for HTTP.
 */
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'CONNECT', 'PRI'].map((name) => ({
  name,
  bytes: asciiBytes(`${name} `),
}));

const versionPrefix = asciiBytes('HTTP/1.');
const MINOR_AT = versionPrefix.length;

/**
 * Reads `method SP request-target SP HTTP-version CRLF` (RFC 9112 §3) from the front, each separator exactly one
 * space. Bytes that begin with no known method are not HTTP; behind a method every fault has a code.
 */
export function readRequestLine(bytes: Uint8Array): Read<RequestLine> {
  if (bytes[0] === CR || bytes[0] === LF) return never('http-leading-blank-line');
  const method = methodOf(bytes);
  if (method === undefined) return NOT_THIS;
  if (bytes.length < method.bytes.length) return moreText(bytes);
  if (method.name === 'CONNECT') return never('http-connect');
  if (method.name === 'PRI') return never('http-2-preface');

  const targetAt = method.bytes.length;
  let at = targetAt;
  while (isTargetByte(bytes[at])) at += 1;
  const behindTarget = bytes[at];
  if (behindTarget === undefined) return moreText(bytes);
  if (behindTarget === LF) return never('http-bare-lf');
  if (behindTarget !== SP) return never(behindTarget === CR ? 'http-version-missing' : 'http-target-character');
  if (at === targetAt) return never('http-target-missing');

  const versionAt = at + 1;
  const fault = versionFault(bytes, versionAt);
  if (fault !== null) return fault;
  const version = bytes[versionAt + MINOR_AT] === 0x30 ? '1.0' : '1.1';
  return {
    kind: 'read',
    value: { method: method.name, target: latin1Text(bytes, targetAt, at), version },
    end: versionAt + MINOR_AT + 1 + LINE_END_BYTES,
  };
}

/** The first that the bytes may begin with. */
function methodOf(bytes: Uint8Array): (typeof methods)[number] | undefined {
  for (const method of methods) if (agrees(bytes, 0, method.bytes)) return method;
  return undefined;
}

/** Null where a version and the end of its line stand at `at`. Another character behind a version makes it another one. */
function versionFault(bytes: Uint8Array, at: number): StreamMore | Never | null {
  if (!agrees(bytes, at, versionPrefix)) return never('http-version');
  const minor = bytes[at + MINOR_AT];
  if (minor === undefined) return moreText(bytes);
  if (minor !== 0x30 && minor !== 0x31) return never('http-version');
  const behind = bytes[at + MINOR_AT + 1];
  if (behind !== undefined && behind !== CR && behind !== LF) return never('http-version');
  return lineEndFault(bytes, at + MINOR_AT + 1);
}
