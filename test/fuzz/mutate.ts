import { concat } from '../dissect/hex.ts';
import { once, pick, type Random } from './random.ts';

const EDGES = [0x00, 0x01, 0x02, 0x03, 0x09, 0x0a, 0x0d, 0x10, 0x20, 0x3a, 0x7f, 0x80, 0xab, 0xc0, 0xf1, 0xff] as const;

/** Bytes that are nearly `bytes`: some changed, left out, repeated, cut off, or followed by some of `others`. */
export function mutated(random: Random, bytes: Uint8Array, others: readonly Uint8Array[]): Uint8Array {
  let result = Uint8Array.from(bytes);
  for (let changes = random.below(4); changes > 0 && result.length > 0; changes -= 1)
    result = change(random, result, others);
  return result;
}

function change(random: Random, bytes: Uint8Array, others: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const at = random.below(bytes.length);
  const to = Math.min(bytes.length, at + 1 + random.below(16));
  switch (random.below(7)) {
    case 0:
      return concatenated(bytes.subarray(0, at), bytes.subarray(to));
    case 1:
      return concatenated(bytes.subarray(0, to), bytes.subarray(at));
    case 2:
      return concatenated(bytes.subarray(0, at), Uint8Array.of(pick(random, EDGES)), bytes.subarray(at));
    case 3:
      return once(random, 2) ? concatenated(bytes.subarray(0, at)) : concatenated(bytes, pick(random, others));
    case 4:
      return replaced(bytes, at, (bytes[at] ?? 0) ^ (1 << random.below(8)));
    case 5:
      return replaced(bytes, at, (bytes[at] ?? 0) + (once(random, 2) ? 1 : -1));
    default:
      return replaced(bytes, at, pick(random, EDGES));
  }
}

function replaced(bytes: Uint8Array, at: number, byte: number): Uint8Array<ArrayBuffer> {
  const result = Uint8Array.from(bytes);
  result[at] = byte;
  return result;
}

function concatenated(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(concat(...parts));
}
