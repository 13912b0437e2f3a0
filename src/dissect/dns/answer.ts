import { type Never, never } from '../outcome.ts';
import { headerBytes, readHeader } from './message.ts';
import type { Question } from './question.ts';
import { readAsked } from './question.ts';
import { minRecordBytes, readRecord } from './record.ts';

/** Questions that may still be answered: a resolver's stub has two on the way, a forwarder some dozens. */
const maxOutstanding = 32;

/** The questions of a flow in the order they were asked, the oldest forgotten first. */
export type Outstanding = readonly Question[];

export function asking(outstanding: Outstanding, question: Question): Outstanding {
  const others = outstanding.filter((each) => !isSame(each, question));
  return [...others.slice(1 - maxOutstanding), question];
}

/** The front of an answer, up to its first record. */
export interface AnswerHead {
  readonly kind: 'head';
  readonly end: number;
  readonly records: number;
  readonly isTruncated: boolean;
}

/**
 * Reads header and question of a server's message of `messageBytes` bytes, of which `bytes` hold the front, at least
 * `maxQuestionHeadBytes` or all: it has to answer one of the outstanding questions, named in any case
 * (RFC 1035 §2.3.3), and can hold as many records as it says. A server that could not read the question may leave it
 * out, and everything else with it.
 */
export function readAnswerHead(bytes: Uint8Array, messageBytes: number, outstanding: Outstanding): AnswerHead | Never {
  if (messageBytes < headerBytes) return never('dns-answer-malformed');
  const header = readHeader(bytes);
  if (!header.isAnswer || header.opcode !== 0) return never('dns-answer-malformed');
  const records = header.answers + header.authorities + header.additionals;
  if (header.questions === 0) {
    const isRefusal = header.responseCode !== 0 && records === 0 && messageBytes === headerBytes;
    if (!isRefusal) return never('dns-answer-malformed');
    const isAwaited = outstanding.some(({ id }) => id === header.id);
    return isAwaited ? { kind: 'head', end: headerBytes, records, isTruncated: false } : never('dns-answer-unasked');
  }
  if (header.questions !== 1) return never('dns-answer-malformed');
  const asked = readAsked(bytes);
  if (asked.kind === 'never') return never('dns-answer-malformed');
  const answered: Question = { kind: 'question', id: header.id, name: asked.name, type: asked.type };
  if (!outstanding.some((each) => isSame(each, answered))) return never('dns-answer-unasked');
  const { isTruncated } = header;
  if (!isTruncated && records * minRecordBytes > messageBytes - asked.end) return never('dns-answer-cut-short');
  return { kind: 'head', end: asked.end, records, isTruncated };
}

/**
 * Walks the records behind an answer's head to the message's very end. A truncated message (RFC 2181 §9) may end behind
 * any whole record. Null: nothing is wrong.
 */
export function faultOfRecords(message: Uint8Array, { end, records, isTruncated }: AnswerHead): Never | null {
  let at = end;
  for (let index = 0; index < records; index += 1) {
    if (isTruncated && at === message.length) return null;
    const record = readRecord(message, at);
    if (record === null) return never('dns-answer-cut-short');
    at = record.end;
  }
  return at === message.length ? null : never('dns-answer-trailing-bytes');
}

function isSame(one: Question, other: Question): boolean {
  return one.id === other.id && one.type === other.type && one.name === other.name;
}
