import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { onMessages, serveTcp } from './listen.ts';

/** Phone QQ's message (MSF): u32 length (itself included), u32 type, u8 encryption, then what this rig does not fill. */
export function msfMessage(type: number, body: Uint8Array): Buffer {
  const bytes = Buffer.alloc(9 + body.length);
  bytes.writeUInt32BE(bytes.length, 0);
  bytes.writeUInt32BE(type, 4);
  bytes.set(body, 9);
  return bytes;
}

/** An OICQ packet: 02, u16 version, u16 command, u16 sequence, u32 account, body, 03. */
export function oicqPacket(command: number, sequence: number, account: number, body: Uint8Array): Buffer {
  const bytes = Buffer.alloc(12 + body.length);
  bytes.writeUInt8(0x02, 0);
  bytes.writeUInt16BE(0x3b0b, 1);
  bytes.writeUInt16BE(command, 3);
  bytes.writeUInt16BE(sequence, 5);
  bytes.writeUInt32BE(account, 7);
  bytes.set(body, 11);
  bytes.writeUInt8(0x03, bytes.length - 1);
  return bytes;
}

/** Answers each MSF message with one of the same type and body. */
export function serveQq(address: string, port: number): Promise<void> {
  return serveTcp(address, port, (socket) => {
    const lengthOf = (bytes: Buffer): number | null => (bytes.length < 9 ? null : Math.max(9, bytes.readUInt32BE(0)));
    onMessages(socket, lengthOf, (message) => {
      socket.write(msfMessage(message.readUInt32BE(4), message.subarray(9)));
    });
  });
}

/** Answers each OICQ packet with itself. */
export async function serveOicq(address: string, port: number): Promise<void> {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  socket.on('message', (bytes, from) => {
    if (bytes[0] === 0x02 && bytes.at(-1) === 0x03) socket.send(bytes, from.port, from.address);
  });
  socket.bind(port, address);
  await once(socket, 'listening');
}
