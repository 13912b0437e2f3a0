import { dataOffset } from './bare-segment-nft.ts';

/** The first half of the random that SHA-256 makes of "HelloRetryRequest" (RFC 8446 §4.1.3); no other begins so. */
const RETRY_RANDOM_HALF = '0xcf21ad74e59a6111be1d8c021e65b891';

/**
 * The segment that begins a server's answer to a ClientHello, as conditions of nft: a handshake record that starts with
 * a ServerHello of TLS 1.0 or later (RFC 8446 §4.1.3, §5.1; RFC 5246 §7.4.1.3), but not with a HelloRetryRequest, which
 * is the same message with one certain random and asks for another hello.
 *
 * One condition for each usual length of the TCP header, 32 bytes with time stamps and 20 without. A segment that ends
 * within what is compared does not meet it.
 */
export const SERVER_HELLO_NFT: readonly string[] = [8, 5].map((words) => {
  const at = (offset: number, bytes: number) => `@th,${8 * (4 * words + offset)},${8 * bytes}`;
  return [
    dataOffset(words),
    `${at(0, 2)} 0x1603`,
    `${at(5, 1)} 2`,
    `${at(9, 1)} 3`,
    `${at(11, 16)} != ${RETRY_RANDOM_HALF}`,
  ].join(' ');
});
