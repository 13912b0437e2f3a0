import { EARLY_DATA, HANDSHAKE, mayBeginRecord, RECORD_HEADER_BYTES, readRecordHeader } from '../mmtls/record.ts';
import { never, type StreamStep } from '../outcome.ts';

/**
 * Walks content of `contentBytes` bytes (at least 1) that has to be mmtls records from end to end, a hello first, by
 * their headers. One exchange is all there is: whatever comes behind it is denied. Content that lasts until the
 * connection ends has `Number.POSITIVE_INFINITY` bytes.
 */
export function mmtlsContent(contentBytes: number): StreamStep {
  const records = recordsWithin(contentBytes);
  return (bytes) => {
    return mayBeginRecord(bytes, [HANDSHAKE, EARLY_DATA]) ? records(bytes) : never('mmtls-http-other-content');
  };
}

/** Nothing may follow. */
export const nothingMore: StreamStep = () => never('mmtls-http-bytes-after-content');

function recordsWithin(leftBytes: number): StreamStep {
  return (bytes) => {
    if (leftBytes <= RECORD_HEADER_BYTES) return never('mmtls-http-record-past-content');
    const record = readRecordHeader(bytes);
    if (record.kind === 'more') return record;
    if (record.kind === 'never') return never('mmtls-http-other-content');
    const left = leftBytes - record.headerBytes - record.bodyBytes;
    if (left < 0) return never('mmtls-http-record-past-content');
    return {
      kind: 'match',
      facts: null,
      consumed: record.headerBytes,
      skip: record.bodyBytes,
      next: left === 0 ? nothingMore : recordsWithin(left),
    };
  };
}
