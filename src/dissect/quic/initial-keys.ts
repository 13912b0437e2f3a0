import { Buffer } from 'node:buffer';
import { createHmac } from 'node:crypto';
import type { QuicVersion } from './version.ts';

/** What a client's Initials are protected with: AES-128-GCM and AES-128-ECB for the header (RFC 9001 §5). */
export interface InitialKeys {
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
  readonly headerKey: Uint8Array;
}

/** RFC 9001 §5.2: anyone who sees the destination connection id of the client's first Initial has its keys. */
export function clientInitialKeys(version: QuicVersion, destinationId: Uint8Array): InitialKeys {
  const secret = hmac(hmac(version.initialSalt, destinationId), expansion('client in', 32));
  const expand = (label: string, length: number) =>
    hmac(secret, expansion(version.labelPrefix + label, length)).subarray(0, length);
  return { key: expand('key', 16), iv: expand('iv', 12), headerKey: expand('hp', 16) };
}

/** The HKDF-Expand-Label (RFC 8446 §7.1) of at most one SHA-256 block, as input of that one HMAC. */
function expansion(label: string, length: number): Uint8Array {
  const full = `tls13 ${label}`;
  return Buffer.from([0, length, full.length, ...Buffer.from(full, 'latin1'), 0, 1]);
}

function hmac(key: Uint8Array, data: Uint8Array): Uint8Array {
  return createHmac('sha256', key).update(data).digest();
}
