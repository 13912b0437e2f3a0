import { onMessages, serveTcp } from './listen.ts';

export const HEADER_BYTES = 16;
export const HEARTBEAT = 6;
/** The server's answer to a heartbeat carries this operation. */
export const HEARTBEAT_ANSWER = 0x3b9aca06;

/** WeChat's frame: u32 length (header included), u16 header length, u16 version, u32 operation, u32 sequence; big-endian. */
export function frame(operation: number, sequence: number, body: Uint8Array = new Uint8Array(0)): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES + body.length);
  bytes.writeUInt32BE(bytes.length, 0);
  bytes.writeUInt16BE(HEADER_BYTES, 4);
  bytes.writeUInt16BE(1, 6);
  bytes.writeUInt32BE(operation, 8);
  bytes.writeUInt32BE(sequence, 12);
  bytes.set(body, HEADER_BYTES);
  return bytes;
}

/** Answers each heartbeat, and each other frame with one of the same operation, sequence and body. */
export function serveWechatFrames(address: string, port: number): Promise<void> {
  return serveTcp(address, port, (socket) => {
    const lengthOf = (bytes: Buffer): number | null => {
      if (bytes.length < HEADER_BYTES) return null;
      if (bytes.readUInt32BE(0) >= HEADER_BYTES && bytes.readUInt16BE(4) === HEADER_BYTES) return bytes.readUInt32BE(0);
      socket.destroy();
      return null;
    };
    onMessages(socket, lengthOf, (message) => {
      const operation = message.readUInt32BE(8);
      const answer = operation === HEARTBEAT ? HEARTBEAT_ANSWER : operation;
      socket.write(frame(answer, message.readUInt32BE(12), message.subarray(HEADER_BYTES)));
    });
  });
}
