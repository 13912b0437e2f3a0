import { more, type Never, type StreamMore } from '../outcome.ts';

/** A piece of a message read from the front of some bytes, `end` bytes long; or not yet; or never. */
export type Read<T> = ReadPiece<T> | StreamMore | Never;

export interface ReadPiece<T> {
  readonly kind: 'read';
  readonly value: T;
  /** Offset of the first byte behind the piece. */
  readonly end: number;
}

/** Text is judged byte by byte: any byte more may settle it. */
export function moreText(bytes: Uint8Array): StreamMore {
  return more(bytes.length + 1);
}

export function asciiBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Whether the bytes from `at` on are `expected`, as far as there are any. */
export function agrees(bytes: Uint8Array, at: number, expected: Uint8Array): boolean {
  const length = Math.min(expected.length, bytes.length - at);
  for (let index = 0; index < length; index += 1) {
    if (bytes[at + index] !== expected[index]) return false;
  }
  return true;
}
