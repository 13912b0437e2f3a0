/** RFC 8446 §4.1.3: what SHA-256 makes of "HelloRetryRequest". */
export const RETRY_RANDOM = Buffer.from('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c', 'hex');

const RANDOM_AT = 11;

/**
 * Whether a segment's payload is what the kernel takes for the beginning of a server's hello: a handshake record, in it
 * a ServerHello of some TLS version, and far enough to tell that its random does not ask for another hello.
 */
export function beginsServerHello(payload: Uint8Array): boolean {
  const random = payload.subarray(RANDOM_AT, RANDOM_AT + 16);
  const [type, major, , , , message, , , , version] = payload;
  const isHello = type === 22 && major === 3 && message === 2 && version === 3;
  return isHello && random.length === 16 && !RETRY_RANDOM.subarray(0, 16).equals(random);
}
