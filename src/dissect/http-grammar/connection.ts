import { type Never, never } from '../outcome.ts';
import { remembering } from '../remembering.ts';
import { isWhitespace } from './character.ts';
import type { Fields } from './fields.ts';

/** What a message's Connection fields ask for (RFC 9110 §7.6.1, RFC 9112 §9). */
export interface ConnectionOptions {
  readonly kind: 'options';
  readonly close: boolean;
  readonly keepAlive: boolean;
  readonly upgrade: boolean;
}

/** A Connection option that names one of these makes the next server on the way drop it. */
const END_TO_END_FIELDS = ['host', 'content-length', 'transfer-encoding'];
/** Clients have one way or two of saying it. */
const REMEMBERED_VALUES = 64;

/** Several fields are one list, as if they were joined by commas (RFC 9110 §5.3). */
export function readConnection(fields: Pick<Fields, 'get'>): ConnectionOptions | Never {
  const values = fields.get('connection');
  return optionsOf(values.length > 1 ? values.join() : (values[0] ?? ''));
}

const optionsOf = remembering((list): ConnectionOptions | Never => {
  const options = list.split(',').map((option) => withoutWhitespace(option).toLowerCase());
  if (options.some((option) => END_TO_END_FIELDS.includes(option))) return never('http-connection-option');
  return {
    kind: 'options',
    close: options.includes('close'),
    keepAlive: options.includes('keep-alive'),
    upgrade: options.includes('upgrade'),
  };
}, REMEMBERED_VALUES);

/** An expression would take the square of a long run's length. */
function withoutWhitespace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isWhitespace(text.charCodeAt(start))) start += 1;
  while (end > start && isWhitespace(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}
