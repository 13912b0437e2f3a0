import { Buffer } from 'node:buffer';

/** Bytes of 16-bit numbers, big-endian. */
export function u16(...values: number[]): number[] {
  return values.flatMap((value) => [value >> 8, value & 0xff]);
}

/** A name on the wire, one label for each argument, whatever it holds. */
export function wireName(...labels: string[]): number[] {
  return [...labels.flatMap((label) => [label.length, ...Buffer.from(label, 'latin1')]), 0];
}

export interface MessageParts {
  readonly id?: number;
  readonly flags?: number;
  readonly counts?: readonly [questions: number, answers: number, authorities: number, additionals: number];
  readonly name?: readonly number[];
  readonly type?: number;
  readonly class?: number;
  readonly records?: readonly number[];
}

/** A message with one question, A of short.weixin.qq.com, or what the parts say instead. */
export function message(parts: MessageParts = {}): Uint8Array {
  const header = u16(parts.id ?? 0x1234, parts.flags ?? 0x0100, ...(parts.counts ?? [1, 0, 0, 0]));
  const name = parts.name ?? wireName('short', 'weixin', 'qq', 'com');
  return Uint8Array.from([...header, ...name, ...u16(parts.type ?? 1, parts.class ?? 1), ...(parts.records ?? [])]);
}

/** An answer's record whose owner points to the question. */
export function record(type: number, data: readonly number[], owner: readonly number[] = [0xc0, 12]): number[] {
  return [...owner, ...u16(type, 1), 0, 0, 0, 60, ...u16(data.length), ...data];
}

/** EDNS's OPT record: root, type, size, flags as TTL, options. */
export function opt(options: readonly number[] = [], ttl: readonly number[] = [0, 0, 0x80, 0]): number[] {
  return [0, ...u16(41, 1232), ...ttl, ...u16(options.length), ...options];
}

export function framed(...messages: Uint8Array[]): Uint8Array {
  return Uint8Array.from(messages.flatMap((each) => [...u16(each.length), ...each]));
}
