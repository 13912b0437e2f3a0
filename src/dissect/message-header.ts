import { FREE, type Never, never, type StreamMore, type StreamStep } from './outcome.ts';

/** The header of a message whose length is known; the body behind it may hold anything. */
export interface MessageHeader {
  readonly kind: 'header';
  readonly headerBytes: number;
  readonly bodyBytes: number;
}

/** Reads one header from a message boundary on; as monotone as a step. */
export type ReadHeader = (bytes: Uint8Array) => MessageHeader | StreamMore | Never;

/**
 * Reads `messages` (at least 1) messages of one direction by their headers, passing over the bodies, and then leaves
 * the direction free. Bytes that are no header are answered with `never(otherBytes)`, unless the header's own reader
 * has a code for what is wrong.
 */
export function followMessages(readHeader: ReadHeader, messages: number, otherBytes: string): StreamStep {
  const otherwise = never(otherBytes);
  return (bytes) => {
    const header = readHeader(bytes);
    if (header.kind === 'more') return header;
    if (header.kind === 'never') return header.code === null ? otherwise : header;
    return {
      kind: 'match',
      facts: null,
      consumed: header.headerBytes,
      skip: header.bodyBytes,
      next: messages > 1 ? followMessages(readHeader, messages - 1, otherBytes) : FREE,
    };
  };
}
