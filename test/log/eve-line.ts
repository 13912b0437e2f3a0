import type { VerdictRecord } from '../../src/judge/verdict-record.ts';
import { AsciiText } from '../../src/log/ascii-text.ts';
import { type EveOptions, eveWriter } from '../../src/log/eve.ts';

/** A verdict's line as text, without its end. */
export function eveLine(record: VerdictRecord, count?: number, options?: EveOptions): string {
  const text = new AsciiText();
  eveWriter(options)(text, record, count);
  return Buffer.from(text.take()).toString('latin1').replace(/\n$/, '');
}
