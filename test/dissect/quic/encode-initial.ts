import { createCipheriv, createHmac } from 'node:crypto';
import { number } from '../client-hello/encode-client-hello.ts';
import { ascii, concat, hex } from '../hex.ts';

export type Version = 'v1' | 'v2';
export type PacketType = 'initial' | '0-rtt' | 'handshake' | 'retry';

const VERSIONS = {
  v1: { number: 1, salt: hex('38762cf7f55934b34d179ae6a4c80cadccbb7f0a'), label: 'quic', firstType: 0 },
  v2: { number: 0x6b3343cf, salt: hex('0dede3def700a6db819381be6e269dcbf9bd2ed9'), label: 'quicv2', firstType: 1 },
};

export interface LongFields {
  readonly version?: Version;
  readonly type?: PacketType;
  readonly destinationId?: Uint8Array;
  readonly sourceId?: Uint8Array;
  readonly token?: Uint8Array;
  /** 0 where it is greased. */
  readonly fixedBit?: 0 | 1;
}

export interface InitialFields extends LongFields {
  /** The id the keys come from; by default the destination id. */
  readonly keyId?: Uint8Array;
  readonly packetNumber?: number;
  readonly packetNumberBytes?: 1 | 2 | 3 | 4;
  readonly reservedBits?: number;
  /** Frames are padded until the packet has this many bytes. */
  readonly padTo?: number;
}

export const CLIENT_ID = hex('8394c8f03e515708');

/** RFC 9000 §16, in the given number of bytes or the least that will do. */
export function varint(value: number, width?: 1 | 2 | 4 | 8): number[] {
  const least = value < 2 ** 6 ? 1 : value < 2 ** 14 ? 2 : value < 2 ** 30 ? 4 : 8;
  const bytes = number(width ?? least, value);
  return bytes.with(0, (bytes[0] ?? 0) | (Math.log2(bytes.length) << 6));
}

export function cryptoFrame(offset: number, data: Uint8Array): Uint8Array {
  return Uint8Array.from([6, ...varint(offset), ...varint(data.length), ...data]);
}

/** A long header up to and without the length field; its first byte has zeros in the low four bits. */
export function longHeader(fields: LongFields): Uint8Array {
  const version = VERSIONS[fields.version ?? 'v1'];
  const type = ['initial', '0-rtt', 'handshake', 'retry'].indexOf(fields.type ?? 'initial');
  const destinationId = fields.destinationId ?? CLIENT_ID;
  const sourceId = fields.sourceId ?? new Uint8Array();
  const token = fields.token ?? new Uint8Array();
  return Uint8Array.from([
    0x80 | ((fields.fixedBit ?? 1) << 6) | (((type + version.firstType) % 4) << 4),
    ...number(4, version.number),
    ...[destinationId.length, ...destinationId],
    ...[sourceId.length, ...sourceId],
    ...(type === 0 ? [...varint(token.length), ...token] : type === 3 ? token : []),
  ]);
}

/** A packet of another type, its content random to whoever has no keys. */
export function sealedPacket(type: PacketType, fields: LongFields = {}, size = 60): Uint8Array {
  return Uint8Array.from([...longHeader({ ...fields, type }), ...varint(size, 2), ...new Uint8Array(size).fill(0xa5)]);
}

/** A client's Initial, sealed as RFC 9001 §5 and RFC 9369 §3 say. */
export function sealInitial(frames: Uint8Array, fields: InitialFields = {}): Uint8Array {
  const numberBytes = fields.packetNumberBytes ?? 1;
  const start = longHeader(fields);
  const overhead = start.length + 2 + numberBytes + 16;
  const payload = concat(frames, new Uint8Array(Math.max(0, (fields.padTo ?? 0) - overhead - frames.length)));
  const packetNumber = number(numberBytes, fields.packetNumber ?? 0);
  const length = varint(numberBytes + payload.length + 16, 2);
  const header = Uint8Array.from([...start, ...length, ...packetNumber]);
  header[0] = (header[0] ?? 0) | (fields.reservedBits ?? 0) | (numberBytes - 1);

  const { salt, label } = VERSIONS[fields.version ?? 'v1'];
  const initialSecret = hmac(salt, fields.keyId ?? fields.destinationId ?? CLIENT_ID);
  const secret = expandLabel(initialSecret, 'client in', 32);
  const nonce = expandLabel(secret, `${label} iv`, 12);
  for (const [at, byte] of number(8, fields.packetNumber ?? 0).entries()) nonce[4 + at] = (nonce[4 + at] ?? 0) ^ byte;
  const cipher = createCipheriv('aes-128-gcm', expandLabel(secret, `${label} key`, 16), nonce);
  cipher.setAAD(header);
  const sealed = concat(cipher.update(payload), cipher.final(), cipher.getAuthTag());

  const sample = sealed.subarray(4 - numberBytes, 20 - numberBytes);
  const mask = createCipheriv('aes-128-ecb', expandLabel(secret, `${label} hp`, 16), null).update(sample);
  header[0] ^= (mask[0] ?? 0) & 0x0f;
  for (let at = 0; at < numberBytes; at++) {
    const place = header.length - numberBytes + at;
    header[place] = (header[place] ?? 0) ^ (mask[at + 1] ?? 0);
  }
  return concat(header, sealed);
}

function expandLabel(secret: Uint8Array, label: string, length: number): Uint8Array {
  const full = ascii(`tls13 ${label}`);
  const info = Uint8Array.from([...number(2, length), full.length, ...full, 0]);
  return hmac(secret, concat(info, Uint8Array.of(1))).slice(0, length);
}

function hmac(key: Uint8Array, data: Uint8Array): Uint8Array {
  return createHmac('sha256', key).update(data).digest();
}
