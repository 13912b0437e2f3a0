import { randomBytes } from 'node:crypto';
import { onMessages, serveTcp } from './listen.ts';

/** One mmtls record: type, version f1 04, u16 length, body. */
export function mmtlsRecord(type: number, body: Uint8Array): Buffer {
  const head = Buffer.from([type, 0xf1, 0x04, 0, 0]);
  head.writeUInt16BE(body.length, 3);
  return Buffer.concat([head, body]);
}

/**
 * A full client hello, its numbers big-endian: u32 section length, 01, version, two suites, 32 random bytes, u32 Unix
 * time, u32 length of the extensions up to the end, u8 their number, their content.
 */
export function mmtlsClientHello(unixSeconds: number): Buffer {
  const section = Buffer.concat([Buffer.from('0104f102c02b00a8', 'hex'), randomBytes(32), u32(unixSeconds)]);
  return mmtlsRecord(0x16, withExtensions(section, 0x16e));
}

/** A full server hello and some data, as body of an HTTP answer or raw. */
export function mmtlsAnswer(): Buffer {
  const section = Buffer.concat([Buffer.from('0204f1c02b', 'hex'), randomBytes(32)]);
  return Buffer.concat([mmtlsRecord(0x16, withExtensions(section, 0x89)), mmtlsRecord(0x17, randomBytes(64))]);
}

/** A section with its length before it and extensions behind it, `bytes` in all. */
function withExtensions(section: Uint8Array, bytes: number): Buffer {
  const extensionBytes = bytes - 4 - section.length - 4;
  const extensions = Buffer.concat([Buffer.from([1]), randomBytes(extensionBytes - 1)]);
  return Buffer.concat([u32(bytes - 4), section, u32(extensionBytes), extensions]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
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
