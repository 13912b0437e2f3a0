import { randomBytes } from 'node:crypto';
import { onMessages, serveTcp } from './listen.ts';

/** One mmtls record: type, version f1 04, u16 length, body. */
export function mmtlsRecord(type: number, body: Uint8Array): Buffer {
  const head = Buffer.from([type, 0xf1, 0x04, 0, 0]);
  head.writeUInt16BE(body.length, 3);
  return Buffer.concat([head, body]);
}

/** A full client hello of two cipher suites: section length, 01, version, suites, 32 random bytes, u32 Unix time. */
export function mmtlsClientHello(unixSeconds: number): Buffer {
  const body = Buffer.alloc(0x16e);
  randomBytes(body.length).copy(body);
  body.writeUInt32BE(body.length - 4, 0);
  Buffer.from('0104f102c02b00a8', 'hex').copy(body, 4);
  body.writeUInt32BE(unixSeconds, 44);
  return mmtlsRecord(0x16, body);
}

/** A full server hello and some data, as body of an HTTP answer or raw. */
export function mmtlsAnswer(): Buffer {
  const hello = randomBytes(0x89);
  hello.writeUInt32BE(hello.length - 4, 0);
  Buffer.from('0204f1c02b', 'hex').copy(hello, 4);
  return Buffer.concat([mmtlsRecord(0x16, hello), mmtlsRecord(0x17, randomBytes(64))]);
}

/** Answers the first record with a server hello, every later one with as much data. */
export function serveMmtls(address: string, port: number): Promise<void> {
  return serveTcp(address, port, (socket) => {
    let greeted = false;
    const lengthOf = (bytes: Buffer): number | null => (bytes.length < 5 ? null : 5 + bytes.readUInt16BE(3));
    onMessages(socket, lengthOf, (record) => {
      socket.write(greeted ? mmtlsRecord(0x17, randomBytes(record.length - 5)) : mmtlsAnswer());
      greeted = true;
    });
  });
}
