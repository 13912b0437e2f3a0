/** The slow and plain way to write and read netlink messages, to hold the fast one against. */
export interface PlainAttribute {
  readonly type: number;
  readonly value: readonly number[];
}

const little16 = (value: number) => [value & 0xff, value >>> 8];
const little32 = (value: number) => [...little16(value & 0xffff), ...little16(value >>> 16)];
export const big16 = (value: number) => [value >>> 8, value & 0xff];
export const big32 = (value: number) => [...big16(value >>> 16), ...big16(value & 0xffff)];

function encodeAttribute({ type, value }: PlainAttribute, last: boolean): number[] {
  const padding = last ? [] : new Array<number>((4 - (value.length % 4)) % 4).fill(0);
  return [...little16(4 + value.length), ...little16(type), ...value, ...padding];
}

/** As the kernel does it: the last attribute is not padded. */
export function encodeMessage(type: number, sequence: number, rest: readonly number[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([
    ...little32(16 + rest.length),
    ...little16(type),
    0,
    0,
    ...little32(sequence),
    0,
    0,
    0,
    0,
    ...rest,
  ]);
}

export function encodePacketMessage(attributes: readonly PlainAttribute[], queue = 0): Uint8Array<ArrayBuffer> {
  const encoded = attributes.flatMap((attribute, index) => encodeAttribute(attribute, index === attributes.length - 1));
  return encodeMessage(0x0300, 0, [2, 0, ...big16(queue), ...encoded]);
}

export function encodeAnswer(sequence: number, errorNumber: number): Uint8Array<ArrayBuffer> {
  return encodeMessage(2, sequence, [...little32(-errorNumber), ...new Array<number>(16).fill(0)]);
}

export interface DecodedMessage {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  readonly family: number;
  readonly queue: number;
  readonly attributes: readonly PlainAttribute[];
}

export function decodeMessages(bytes: Uint8Array): DecodedMessage[] {
  const messages: DecodedMessage[] = [];
  let rest = Buffer.from(bytes);
  while (rest.length > 0) {
    const length = rest.readUInt32LE(0);
    const attributes: PlainAttribute[] = [];
    let body = rest.subarray(20, length);
    while (body.length > 0) {
      const size = body.readUInt16LE(0);
      attributes.push({ type: body.readUInt16LE(2), value: [...body.subarray(4, size)] });
      body = body.subarray(Math.ceil(size / 4) * 4);
    }
    messages.push({
      type: rest.readUInt16LE(4),
      flags: rest.readUInt16LE(6),
      sequence: rest.readUInt32LE(8),
      family: rest.readUInt8(16),
      queue: rest.readUInt16BE(18),
      attributes,
    });
    rest = rest.subarray(Math.ceil(length / 4) * 4);
  }
  return messages;
}
