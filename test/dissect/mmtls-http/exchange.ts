import { asciiBytes } from '../../../src/dissect/http-grammar/read.ts';

export function bytesOf(...parts: (string | Uint8Array)[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...(typeof part === 'string' ? asciiBytes(part) : part)]));
}

/** An mmtls record of a type, its body counting up. */
export function record(type: number, bodyBytes: number, version = 0xf104): Uint8Array {
  const header = [type, version >> 8, version & 0xff, bodyBytes >> 8, bodyBytes & 0xff];
  return Uint8Array.from([...header, ...Array.from({ length: bodyBytes }, (_, at) => at & 0xff)]);
}

/** What a client sends: 0-RTT hello, sealed data, alert. */
export const clientRecords = bytesOf(record(0x19, 161), record(0x19, 40), record(0x17, 90), record(0x15, 23));
/** What a server answers: hello, sealed handshake, data, alert. */
export const serverRecords = bytesOf(record(0x16, 46), record(0x16, 55), record(0x17, 300), record(0x15, 23));

export function requestHead(contentBytes: number | string, ...fields: string[]): string {
  return [
    'POST /mmtls/2181af9c HTTP/1.1',
    ...(fields.some((field) => field.startsWith('Host')) ? [] : ['Host: szextshort.weixin.qq.com']),
    'Accept: */*',
    'Cache-Control: no-cache',
    'Connection: close',
    `Content-Length: ${contentBytes}`,
    'Content-Type: application/octet-stream',
    'Upgrade: mmtls',
    'User-Agent: MicroMessenger Client',
    ...fields,
    '',
    '',
  ].join('\r\n');
}

export const request = bytesOf(requestHead(clientRecords.length), clientRecords);
