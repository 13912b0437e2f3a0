import { type Never, never } from '../outcome.ts';
import { unsigned } from '../unsigned.ts';
import { skipName } from './name.ts';
import { type ResourceRecord, readRecord } from './record.ts';

const OPT = 41;
const SIG = 24;
const TSIG = 250;
const ANY_CLASS = 255;
/** DNSSEC OK, the one flag of RFC 6891 §6.1.4. */
const dnssecOk = 0x8000;

/**
 * Walks what may stand behind a question: EDNS's OPT once (RFC 6891 §6.1.1), and at the very end a signature, TSIG
 * (RFC 8945 §5.1) or SIG(0) (RFC 2931 §3). Their lengths have to lead exactly to the message's end. Null: nothing is wrong.
 */
export function faultOfAdditional(message: Uint8Array, from: number, count: number): Never | null {
  let at = from;
  let hasOptions = false;
  for (let index = 0; index < count; index += 1) {
    const record = readRecord(message, at);
    if (record === null) return never('dns-additional-malformed');
    at = record.end;
    const isLast = index === count - 1;
    if (record.type === OPT && !hasOptions) {
      hasOptions = true;
      if (!isOptions(message, record)) return never('dns-additional-malformed');
    } else if (record.type !== OPT && isLast && isSignature(record.type)) {
      if (!isSigned(message, record)) return never('dns-additional-malformed');
    } else {
      return never('dns-additional-unexpected');
    }
  }
  return at === message.length ? null : never('dns-trailing-bytes');
}

/** The TTL of an OPT holds the extended response code and the version, both 0 here, and the flags (RFC 6891 §6.1.3). */
function isOptions(message: Uint8Array, record: ResourceRecord): boolean {
  if (!record.isOfRoot || (record.ttl !== 0 && record.ttl !== dnssecOk)) return false;
  let at = record.dataAt;
  while (at + 4 <= record.end) at += 4 + unsigned(message, at + 2, 2);
  return at === record.end;
}

function isSignature(type: number): boolean {
  return type === TSIG || type === SIG;
}

function isSigned(message: Uint8Array, record: ResourceRecord): boolean {
  if (record.class !== ANY_CLASS || record.ttl !== 0) return false;
  return record.type === TSIG ? isTransactionSignature(message, record) : isQuestionSignature(message, record);
}

/** Algorithm's name · time u48 · fudge u16 · length u16 · MAC · id u16 · error u16 · length u16 · other (RFC 8945 §4.2). */
function isTransactionSignature(message: Uint8Array, { dataAt, end }: ResourceRecord): boolean {
  const timeAt = skipName(message, dataAt);
  if (timeAt === null || timeAt + 10 > end) return false;
  const behindMac = timeAt + 10 + unsigned(message, timeAt + 8, 2);
  return behindMac + 6 <= end && behindMac + 6 + unsigned(message, behindMac + 4, 2) === end;
}

/** 18 bytes, the first two of which are 0 · signer's name · signature (RFC 2535 §4.1, RFC 2931 §3). */
function isQuestionSignature(message: Uint8Array, { isOfRoot, dataAt, end }: ResourceRecord): boolean {
  const signatureAt = dataAt + 18 <= end ? skipName(message, dataAt + 18) : null;
  return isOfRoot && unsigned(message, dataAt, 2) === 0 && signatureAt !== null && signatureAt < end;
}
