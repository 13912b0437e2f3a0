import { parseHost } from '../classify/name-pattern.ts';
import { explainReason } from '../judge/reasons.ts';

/** What `explain` is asked about. */
export type Question = NameQuestion | BytesQuestion | ReasonQuestion;

export interface NameQuestion {
  readonly kind: 'name';
  readonly name: string;
  /** Null: by whatever protocol. */
  readonly app: NamedApp | null;
  /** HTTP only: path and query; null: whatever path. */
  readonly path: string | null;
}

/** A client's first bytes, or its first datagram. */
export interface BytesQuestion {
  readonly kind: 'bytes';
  readonly bytes: Uint8Array;
}

/** A reason as it stands in the log. */
export interface ReasonQuestion {
  readonly kind: 'reason';
  readonly sentence: string;
}

export type NamedApp = 'http' | 'tls' | 'quic' | 'dns';

export const FORMS =
  'write a name, or http:NAME, http:NAME/PATH, tls:NAME, quic:NAME, dns:NAME, hex:BYTES, or a reason from the log';

/** More than a client ever sends before it is answered. */
const MOST_BYTES = 65_536;

/** @returns the question, or what is wrong with it. */
export function parseQuestion(text: string): Question | string {
  const sentence = text.includes('.') ? null : explainReason(text.trim());
  if (sentence !== null) return { kind: 'reason', sentence };
  const [, form = '', rest = ''] = /^(?:(http|tls|quic|dns|hex):)?(.*)$/s.exec(text.trim()) ?? [];
  if (form === 'hex') return parseBytes(rest);
  const app = form === '' ? null : (NAMED.find((one) => one === form) ?? null);
  const slash = app === 'http' ? rest.indexOf('/') : -1;
  const host = slash === -1 ? rest : rest.slice(0, slash);
  const pattern = parseHost(host);
  if (pattern.kind === 'fault') return [pattern.message, pattern.advice].filter((part) => part !== null).join('; ');
  if (pattern.kind !== 'exact') return `"${host}" is a pattern; ask for one name`;
  return { kind: 'name', name: pattern.name, app, path: slash === -1 ? null : rest.slice(slash) };
}

const NAMED: readonly NamedApp[] = ['http', 'tls', 'quic', 'dns'];

function parseBytes(text: string): Question | string {
  const digits = text.replace(/0x|[\s:,]/gi, '');
  if (digits.length === 0) return 'hex: needs bytes, for example hex:16f104';
  const wrong = /[^0-9a-f]/i.exec(digits);
  if (wrong !== null) return `"${wrong[0]}" is no hexadecimal digit`;
  if (digits.length % 2 === 1) return `${digits.length} hexadecimal digits are not whole bytes: one is missing`;
  if (digits.length / 2 > MOST_BYTES) return `more than ${MOST_BYTES} bytes`;
  return { kind: 'bytes', bytes: Uint8Array.from(Buffer.from(digits, 'hex')) };
}
