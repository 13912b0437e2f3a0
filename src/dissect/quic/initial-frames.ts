import { Cursor } from '../cursor.ts';
import { type Never, never } from '../outcome.ts';
import type { CryptoStream } from './crypto-stream.ts';

/** The frames an Initial may carry (RFC 9000 §12.4), each type in its shortest form, one byte. */
const Frame = { padding: 0x00, ping: 0x01, ack: 0x02, ackEcn: 0x03, crypto: 0x06, connectionClose: 0x1c } as const;

/** Reads an Initial's frames to the last byte and writes what is in its CRYPTO frames. Null when all is well. */
export function readInitialFrames(frames: Uint8Array, crypto: CryptoStream): Never | null {
  const cursor = new Cursor(frames);
  if (cursor.left === 0) return never('quic-packet-empty');
  while (cursor.left > 0) {
    const type = cursor.u8();
    switch (type) {
      case Frame.padding:
      case Frame.ping:
        break;
      case Frame.ack:
      case Frame.ackEcn:
        skipAck(cursor, type === Frame.ackEcn);
        break;
      case Frame.crypto: {
        const offset = cursor.varint();
        const data = cursor.take(cursor.varint());
        const refusal = cursor.failed ? null : crypto.write(offset, data);
        if (refusal !== null) return refusal;
        break;
      }
      case Frame.connectionClose:
        cursor.varint();
        cursor.varint();
        cursor.skip(cursor.varint());
        break;
      default:
        return never('quic-frame-forbidden');
    }
    if (cursor.failed) return never('quic-frame-cut-short');
  }
  return null;
}

/** RFC 9000 §19.3. Each range takes two bytes at least, so the packet's end bounds their count, whatever it says. */
function skipAck(cursor: Cursor, ecn: boolean): void {
  cursor.varint();
  cursor.varint();
  const ranges = cursor.varint();
  cursor.varint();
  for (let range = 0; range < ranges && !cursor.failed; range++) {
    cursor.varint();
    cursor.varint();
  }
  for (let count = 0; ecn && count < 3; count++) cursor.varint();
}
