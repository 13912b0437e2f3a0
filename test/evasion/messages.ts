import { extension, helloMessage, serverName } from '../dissect/client-hello/encode-client-hello.ts';
import { concat, noise } from '../dissect/hex.ts';
import { handshakeRecords } from '../dissect/tls/encode-records.ts';
import { request } from '../judge/messages.ts';

/** What the tricks are made of. */
export const CHAT_HOST = 'short.weixin.qq.com';
export const WEB_HOST = 'www.video.example';
export const CHAT_NAME = 'wx.qq.com';

/** Allowed by these. */
export const BY_SHORT_CONNECTION = { allow: 'wechat/text/short-connection' } as const;
export const BY_LONG_CONNECTION = { allow: 'wechat/text/long-connection' } as const;
export const BY_WEB_NAME = { allow: 'wechat/web/documented' } as const;

/** A request's lines as they are given, each ended by CR LF, and the empty line. */
export function lines(...text: readonly string[]): string {
  return `${text.join('\r\n')}\r\n\r\n`;
}

export function get(host: string, ...fields: readonly string[]): string {
  return request(host, '/', fields.map((field) => `${field}\r\n`).join(''));
}

/** supported_groups: secp256r1; signature_algorithms: ecdsa_secp256r1_sha256. With these a server can answer. */
const AGREEABLE = [extension(10, [0, 2, 0, 0x17]), extension(13, [0, 2, 4, 3])];

/** A hello that asks for a name, in records of at most `recordBytes` bytes. */
export function tlsHello(name: string, recordBytes = 0x4000): Uint8Array {
  return handshakeRecords(helloMessage({ extensions: [serverName(name), ...AGREEABLE] }), recordBytes);
}

export const RANDOM = concat(Uint8Array.of(0xc7), noise(255));
