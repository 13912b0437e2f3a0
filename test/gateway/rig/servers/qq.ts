import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { onMessages, serveTcp } from './listen.ts';

const ACCOUNT = Buffer.from('10001');
/** u32 length and u32 type and u8 encryption. */
const OPENING_BYTES = 9;
const SEQUENCE_BYTES = 4;
/** u8 0, u32 length of the account that counts itself, the account. */
const ACCOUNT_BYTES = 5 + ACCOUNT.length;

/** What lies before the sealed content of a message the phone sends. */
export const MSF_HEAD_BYTES = OPENING_BYTES + SEQUENCE_BYTES + ACCOUNT_BYTES;

/**
 * Phone QQ's message (MSF), big-endian: u32 length, itself included, u32 type 0b, u8 encryption 1, u32 sequence, u8 0,
 * u32 account length, itself included, the account in digits, the sealed content (a multiple of 8 bytes, at least 16).
 */
export function msfMessage(sequence: number, content: Uint8Array): Buffer {
  const number = Buffer.alloc(SEQUENCE_BYTES);
  number.writeUInt32BE(sequence);
  return msf(Buffer.concat([number, account(), content]));
}

/** The server's answer: the same without a sequence. */
export function msfAnswer(content: Uint8Array): Buffer {
  return msf(Buffer.concat([account(), content]));
}

function msf(behindOpening: Uint8Array): Buffer {
  const opening = Buffer.alloc(OPENING_BYTES);
  opening.writeUInt32BE(OPENING_BYTES + behindOpening.length, 0);
  opening.writeUInt32BE(0x0b, 4);
  opening.writeUInt8(1, 8);
  return Buffer.concat([opening, behindOpening]);
}

function account(): Buffer {
  return Buffer.concat([Buffer.from([0, 0, 0, 0, 4 + ACCOUNT.length]), ACCOUNT]);
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

/** Answers each message with its own content. */
export function serveQq(address: string, port: number): Promise<void> {
  return serveTcp(address, port, (socket) => {
    const lengthOf = (bytes: Buffer): number | null =>
      bytes.length < MSF_HEAD_BYTES ? null : Math.max(MSF_HEAD_BYTES, bytes.readUInt32BE(0));
    onMessages(socket, lengthOf, (message) => {
      socket.write(msfAnswer(message.subarray(MSF_HEAD_BYTES)));
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
