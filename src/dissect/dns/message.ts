import { unsigned } from '../unsigned.ts';

/** Layout of a message, all fields big-endian (RFC 1035 §4.1.1): id u16 · flags u16 · four counts u16. */
export const headerBytes = 12;

export interface MessageHeader {
  readonly id: number;
  readonly isAnswer: boolean;
  readonly opcode: number;
  readonly isTruncated: boolean;
  /** The flags only a server sets: AA, TC, RA, the reserved bit and the response code. A question has none of them. */
  readonly serverFlags: number;
  readonly responseCode: number;
  readonly questions: number;
  /** Records in the three sections behind the question. */
  readonly answers: number;
  readonly authorities: number;
  readonly additionals: number;
}

/** Reads a header from the front of at least `headerBytes` bytes. */
export function readHeader(message: Uint8Array): MessageHeader {
  const flags = unsigned(message, 2, 2);
  return {
    id: unsigned(message, 0, 2),
    isAnswer: (flags & 0x8000) !== 0,
    opcode: (flags >> 11) & 0x0f,
    isTruncated: (flags & 0x0200) !== 0,
    serverFlags: flags & 0x06cf,
    responseCode: flags & 0x0f,
    questions: unsigned(message, 4, 2),
    answers: unsigned(message, 6, 2),
    authorities: unsigned(message, 8, 2),
    additionals: unsigned(message, 10, 2),
  };
}
