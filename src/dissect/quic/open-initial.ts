import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { InitialKeys } from './initial-keys.ts';
import type { LongPacket } from './long-packet.ts';

const TAG_BYTES = 16;
const SAMPLE_BYTES = 16;
const RESERVED_BITS = 0x0c;

/**
 * Takes header protection (RFC 9001 §5.4) and encryption (§5.3) off an Initial: its frames, or null where it was not
 * sealed with these keys. The packet number is taken as sent: before the server has acknowledged anything a client
 * writes it whole.
 */
export function openInitial(keys: InitialKeys, packet: LongPacket): Uint8Array | null {
  const { bytes, packetNumberAt } = packet;
  const sampleAt = packetNumberAt + 4;
  const mask = createCipheriv('aes-128-ecb', keys.headerKey, null).update(
    bytes.subarray(sampleAt, sampleAt + SAMPLE_BYTES),
  );
  const first = (bytes[0] ?? 0) ^ ((mask[0] ?? 0) & 0x0f);
  const payloadAt = packetNumberAt + (first & 0x03) + 1;
  // Not `slice`: of a Buffer that would be a view, and what is shown to a step must stay as it is.
  const header = Uint8Array.from(bytes.subarray(0, payloadAt));
  const nonce = Uint8Array.from(keys.iv);
  header[0] = first;
  for (let at = packetNumberAt; at < payloadAt; at++) {
    const byte = (bytes[at] ?? 0) ^ (mask[1 + at - packetNumberAt] ?? 0);
    header[at] = byte;
    const nonceAt = nonce.length - payloadAt + at;
    nonce[nonceAt] = (nonce[nonceAt] ?? 0) ^ byte;
  }
  const decipher = createDecipheriv('aes-128-gcm', keys.key, nonce, { authTagLength: TAG_BYTES });
  const tagAt = bytes.length - TAG_BYTES;
  decipher.setAAD(header).setAuthTag(bytes.subarray(tagAt));
  const frames = decipher.update(bytes.subarray(payloadAt, tagAt));
  try {
    decipher.final();
  } catch {
    return null;
  }
  return (first & RESERVED_BITS) === 0 ? frames : null;
}
