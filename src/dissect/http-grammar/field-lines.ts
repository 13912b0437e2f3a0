import { type Never, never, type StreamMore } from '../outcome.ts';
import { COLON, CR, HTAB, isFieldValueByte, isTokenByte, LF, LINE_END_BYTES, SP } from './character.ts';
import { Fields } from './fields.ts';
import { moreText, type Read } from './read.ts';

/**
 * Reads field lines from `from` up to and with the empty line behind them (RFC 9112 §2.1, §5). What the RFC lets a
 * recipient repair, or parsers are known to differ on, is denied: a lone CR (§2.2) or LF, a folded line (§5.2),
 * whitespace in front of the first field (§2.2) or of a colon (§5.1), a control character (RFC 9110 §5.5).
 */
export function readFieldLines(bytes: Uint8Array, from: number): Read<Fields> {
  const fields = new Fields(bytes);
  let at = from;
  for (;;) {
    const first = bytes[at];
    if (first === undefined) return moreText(bytes);
    if (first === SP || first === HTAB) return never('http-folded-line');
    if (first === CR || first === LF) {
      const fault = lineEndFault(bytes, at);
      if (fault !== null) return fault;
      fields.end(at);
      return { kind: 'read', value: fields, end: at + LINE_END_BYTES };
    }

    const nameAt = at;
    while (isTokenByte(bytes[at])) at += 1;
    const behindName = bytes[at];
    if (behindName === undefined) return moreText(bytes);
    if (behindName === SP || behindName === HTAB) return never('http-space-before-colon');
    if (behindName !== COLON || at === nameAt) return never('http-field-name');

    fields.add(nameAt, at);
    at += 1;
    while (isFieldValueByte(bytes[at])) at += 1;
    const fault = lineEndFault(bytes, at);
    if (fault !== null) return fault;
    at += LINE_END_BYTES;
  }
}

/** Null where exactly CR LF stands at `at`. */
export function lineEndFault(bytes: Uint8Array, at: number): StreamMore | Never | null {
  const cr = bytes[at];
  if (cr === undefined) return moreText(bytes);
  if (cr === LF) return never('http-bare-lf');
  if (cr !== CR) return never('http-control-character');
  const lf = bytes[at + 1];
  if (lf === undefined) return moreText(bytes);
  return lf === LF ? null : never('http-bare-cr');
}
