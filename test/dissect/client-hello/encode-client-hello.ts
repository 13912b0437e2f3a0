import { ascii } from '../hex.ts';

/** A field's length in `width` bytes, big-endian, and the field. */
export function vector(width: number, ...parts: readonly (Uint8Array | readonly number[])[]): number[] {
  const content = parts.flatMap((part) => [...part]);
  return [...number(width, content.length), ...content];
}

export function number(width: number, value: number): number[] {
  return Array.from({ length: width }, (_, at) => Math.floor(value / 0x100 ** (width - 1 - at)) % 0x100);
}

export function extension(type: number, data: Uint8Array | readonly number[] = []): number[] {
  return [...number(2, type), ...vector(2, data)];
}

export function serverName(...names: readonly string[]): number[] {
  return extension(0, vector(2, ...names.map((name) => [0, ...vector(2, ascii(name))])));
}

export const QUIC_PARAMETERS = extension(57, [1, 2, 0x40, 0x64]);

export interface HelloFields {
  readonly version?: number;
  readonly sessionId?: readonly number[];
  readonly cipherSuites?: readonly number[];
  readonly compression?: readonly number[];
  /** Encoded extensions; null leaves out even their length. */
  readonly extensions?: readonly (readonly number[])[] | null;
}

/** A ClientHello's body, by default a plain good one. Whatever is given is written as it is, right or wrong. */
export function helloBody(fields: HelloFields = {}): Uint8Array {
  const extensions = fields.extensions === undefined ? [serverName('example.com')] : fields.extensions;
  return Uint8Array.from([
    ...number(2, fields.version ?? 0x0303),
    ...Array.from({ length: 32 }, (_, at) => at),
    ...vector(1, fields.sessionId ?? []),
    ...vector(2, fields.cipherSuites ?? [0x0a, 0x0a, 0x13, 0x01, 0xc0, 0x2b]),
    ...vector(1, fields.compression ?? [0]),
    ...(extensions === null ? [] : vector(2, ...extensions)),
  ]);
}

/** A handshake message: type, three bytes of length, body. */
export function handshake(type: number, body: Uint8Array): Uint8Array {
  return Uint8Array.from([type, ...vector(3, body)]);
}

export function helloMessage(fields: HelloFields = {}): Uint8Array {
  return handshake(1, helloBody(fields));
}
