import { helloMessage, serverName } from '../dissect/client-hello/encode-client-hello.ts';

/** First messages that tests send: made up here, from nobody's traffic. */
export function request(host: string, path = '/', extra = ''): string {
  return `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${extra}\r\n`;
}

export const CHAT = request('short.weixin.qq.com');
export const WEB = request('www.video.example');
export const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

export function clientHello(name: string): Uint8Array {
  return record(helloMessage({ extensions: [serverName(name)] }));
}

/** A ServerHello of TLS 1.2, alone in its record. */
export function serverHello(random: Iterable<number> = new Uint8Array(32).fill(9)): Uint8Array {
  const body = [3, 3, ...random, 0, 0xc0, 0x2b, 0];
  return record(Uint8Array.from([2, 0, 0, body.length, ...body]));
}

export function record(handshake: Uint8Array): Uint8Array {
  return Uint8Array.from([22, 3, 1, handshake.length >> 8, handshake.length & 255, ...handshake]);
}

export function wechatFrame(operation: number, body = ''): Uint8Array {
  const frame = Buffer.alloc(16 + body.length);
  frame.writeUInt32BE(frame.length, 0);
  frame.writeUInt16BE(16, 4);
  frame.writeUInt16BE(1, 6);
  frame.writeUInt32BE(operation, 8);
  frame.write(body, 16, 'latin1');
  return frame;
}
