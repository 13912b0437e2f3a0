import type { Cursor } from '../cursor.ts';
import { type Never, never } from '../outcome.ts';
import { ExtensionTypes } from './extension-types.ts';
import { readServerName } from './server-name.ts';

/** The handshake type, RFC 8446 §4. */
export const CLIENT_HELLO = 1;
/**
 * Cap on a ClientHello, header included, over TLS and QUIC alike. With post-quantum key shares a hello has about
 * 1.8 KB, with large session tickets some more; one record's worth leaves room for both to grow.
 */
export const MAX_CLIENT_HELLO_BYTES = 0x4000;

/** What a ClientHello (RFC 8446 §4.1.2, RFC 5246 §7.4.1.2) says of its connection. */
export interface ClientHello {
  readonly kind: 'hello';
  /** In lower case; null where there is no `server_name`. With ECH it is the outer name. */
  readonly serverName: string | null;
  /** Encrypted ClientHello is offered, for real or as GREASE: the two cannot be told apart. */
  readonly ech: boolean;
  /** Early data may follow before the server has answered (RFC 8446 §4.2.10). */
  readonly earlyData: boolean;
  /** The hello carries QUIC transport parameters (RFC 9001 §8.2). */
  readonly quicParameters: boolean;
}

/** Browsers send about twenty, and each is looked for among those before it. */
const MAX_EXTENSIONS = 128;

const EXTENSION = {
  serverName: 0,
  earlyData: 42,
  quicParameters: 57,
  /** RFC 9849. */
  encryptedClientHello: 0xfe0d,
  /** Its forerunner, draft-ietf-tls-esni up to -06. */
  encryptedServerName: 0xffce,
} as const;

/** Reads the whole body of a ClientHello, that is the handshake message behind its four bytes of type and length. */
export function readClientHello(cursor: Cursor): ClientHello | Never {
  const version = cursor.u16();
  cursor.skip(32);
  const sessionIdBytes = cursor.u8();
  cursor.skip(sessionIdBytes);
  const cipherSuiteBytes = cursor.u16();
  cursor.skip(cipherSuiteBytes);
  const compressionMethods = cursor.part(cursor.u8());
  if (cursor.failed) return never('client-hello-cut-short');
  if (version < 0x0301 || version > 0x0303) return never('client-hello-version');
  if (sessionIdBytes > 32) return never('client-hello-session-id');
  if (cipherSuiteBytes < 2 || cipherSuiteBytes % 2 !== 0) return never('client-hello-cipher-suites');
  if (!hasNoCompression(compressionMethods)) return never('client-hello-compression');
  // Before TLS 1.3 the extensions may be missing altogether.
  const extensions = cursor.part(cursor.left === 0 ? 0 : cursor.u16());
  if (cursor.failed || cursor.left > 0) return never('client-hello-extensions-length');
  return readExtensions(extensions);
}

function hasNoCompression(methods: Cursor): boolean {
  while (methods.left > 0) if (methods.u8() === 0) return true;
  return false;
}

function readExtensions(extensions: Cursor): ClientHello | Never {
  const seen = new ExtensionTypes();
  let serverName: string | null = null;
  while (extensions.left > 0) {
    const type = extensions.u16();
    const length = extensions.u16();
    if (extensions.failed || length > extensions.left) return never('client-hello-extension-length');
    if (seen.has(type)) return never('client-hello-extension-repeated');
    if (seen.count === MAX_EXTENSIONS) return never('client-hello-too-many-extensions');
    seen.add(type);
    if (type !== EXTENSION.serverName) {
      extensions.skip(length);
      continue;
    }
    const name = readServerName(extensions.part(length));
    if (typeof name !== 'string') return name;
    serverName = name;
  }
  return {
    kind: 'hello',
    serverName,
    ech: seen.has(EXTENSION.encryptedClientHello) || seen.has(EXTENSION.encryptedServerName),
    earlyData: seen.has(EXTENSION.earlyData),
    quicParameters: seen.has(EXTENSION.quicParameters),
  };
}
