import { type Never, NOT_THIS, never } from '../outcome.ts';
import { unsigned } from '../unsigned.ts';
import { faultOfAdditional } from './additional.ts';
import { headerBytes, type MessageHeader, readHeader } from './message.ts';
import { maxNameBytes, readName } from './name.ts';

export interface Question {
  readonly kind: 'question';
  readonly id: number;
  readonly name: string;
  readonly type: number;
}

/** Header, the root, type and class. */
export const minQuestionBytes = headerBytes + 5;
/** Header and the question of the longest name. */
export const maxQuestionHeadBytes = headerBytes + maxNameBytes + 4;
/** The longest question, EDNS padding to a multiple of 128 (RFC 8467 §4.1) and a signature leave room to spare. */
export const maxQuestionBytes = 768;
const maxAdditionals = 2;

const INTERNET = 1;
const NULL_TYPE = 10;
const OPT = 41;
/** From here up to 255 lie transfers, ANY and what only works in a message's other places (RFC 6895 §3.1). */
const firstMetaType = 128;
const lastMetaType = 255;

/**
 * Reads a client's whole message: one question (RFC 1035 §4.1.2, RFC 9619) for a name of the Internet and nothing else
 * but EDNS and a signature. A header no client sends is not DNS; what else is wrong has a code.
 */
export function readQuestion(message: Uint8Array): Question | Never {
  if (message.length < minQuestionBytes) return NOT_THIS;
  const header = readHeader(message);
  if (!isOfQuestion(header)) return NOT_THIS;
  if (header.opcode !== 0) return never('dns-opcode');
  if (message.length > maxQuestionBytes) return never('dns-question-too-long');
  const asked = readAsked(message);
  if (asked.kind === 'never') return asked;
  if (isForbidden(asked.type)) return never('dns-type');
  const fault = faultOfAdditional(message, asked.end, header.additionals);
  return fault ?? { kind: 'question', id: header.id, name: asked.name, type: asked.type };
}

/** Reads name, type and class behind the header; `end` is behind them. */
export function readAsked(message: Uint8Array): { kind: 'asked'; name: string; type: number; end: number } | Never {
  const name = readName(message, headerBytes);
  if (name.kind === 'never') return name;
  const end = name.end + 4;
  if (end > message.length) return never('dns-cut-short');
  if (unsigned(message, name.end + 2, 2) !== INTERNET) return never('dns-class');
  return { kind: 'asked', name: name.text, type: unsigned(message, name.end, 2), end };
}

function isOfQuestion({ isAnswer, serverFlags, questions, answers, authorities, additionals }: MessageHeader): boolean {
  const countsFit = questions === 1 && answers === 0 && authorities === 0 && additionals <= maxAdditionals;
  return !isAnswer && serverFlags === 0 && countsFit;
}

/** NULL holds anything at all; transfers and ANY fetch a zone. All other types are names' own affair. */
function isForbidden(type: number): boolean {
  return type === 0 || type === NULL_TYPE || type === OPT || (type >= firstMetaType && type <= lastMetaType);
}
