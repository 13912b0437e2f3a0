import type { Cursor } from '../cursor.ts';
import { type Never, never } from '../outcome.ts';

/** The handshake type, RFC 8446 §4. */
export const SERVER_HELLO = 2;
/** Cap on a ServerHello, header included. With a post-quantum key share it has about 1.2 KB. */
export const MAX_SERVER_HELLO_BYTES = 0x1000;

/** RFC 8446 §4.1.3: the random that makes a ServerHello a HelloRetryRequest, SHA-256 of that very word. */
const RETRY_RANDOM = Uint8Array.of(
  ...[0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91],
  ...[0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c],
);

export interface ServerHello {
  readonly kind: 'hello';
  /** It is a HelloRetryRequest: the client has to send a second ClientHello. */
  readonly retry: boolean;
}

/** Reads the whole body of a ServerHello (RFC 8446 §4.1.3, RFC 5246 §7.4.1.3). */
export function readServerHello(cursor: Cursor): ServerHello | Never {
  const version = cursor.u16();
  const retry = isRetry(cursor.part(32));
  const sessionIdBytes = cursor.u8();
  cursor.skip(sessionIdBytes);
  cursor.u16();
  cursor.u8();
  if (cursor.left > 0) cursor.skip(cursor.u16());
  if (cursor.failed || cursor.left > 0) return never('server-hello-malformed');
  if (version < 0x0301 || version > 0x0303) return never('server-hello-version');
  if (sessionIdBytes > 32) return never('server-hello-session-id');
  return { kind: 'hello', retry };
}

function isRetry(random: Cursor): boolean {
  for (const byte of RETRY_RANDOM) if (random.u8() !== byte) return false;
  return true;
}
