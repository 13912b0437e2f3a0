import type { IpFamily } from './ip-family.ts';

/**
 * Bare segments (see `bare-segment.ts`) as conditions of nft. Every packet meets some of these, so they read raw bytes
 * of the headers: nft puts no check of family and protocol of its own in front of those, and the kernel compares them
 * without calling another function. `@nh` counts from the first bit of the IP header, `@th` from that of the TCP
 * header.
 */

type ByFamily<T> = Readonly<Record<IpFamily, T>>;

export const TCP_NFT: ByFamily<string> = {
  /** Without options (version 4, 5 words of header), protocol 6. Fragments were put together by the kernel before. */
  ipv4: '@nh,0,8 0x45 @nh,72,8 6',
  /** TCP as the very next header. */
  ipv6: '@nh,0,8 & 0xf0 == 0x60 @nh,48,8 6',
};

const TCP_FLAGS = { fin: 0x01, syn: 0x02, rst: 0x04, ack: 0x10 } as const;
type FlagName = keyof typeof TCP_FLAGS;

/** Those of the flags of a TCP header that are named. */
export function flags(...names: readonly FlagName[]): string {
  return `@th,104,8 & ${flagBits(...names)}`;
}

export function flagBits(...names: readonly FlagName[]): string {
  return hex(names.reduce((bits, name) => bits | TCP_FLAGS[name], 0));
}

/** Every length a TCP header can have, in 32-bit words as the data offset states it; the usual ones first. */
const DATA_OFFSETS = [8, 10, 5, 11, 6, 7, 9, 12, 13, 14, 15] as const;

/** One condition per possible header length, for packets of which the above is true. */
export const BARE_SEGMENT_NFT: ByFamily<readonly string[]> = {
  ipv4: DATA_OFFSETS.map((words) => `@nh,16,16 ${20 + 4 * words} ${dataOffset(words)}`),
  ipv6: DATA_OFFSETS.map((words) => `@nh,32,16 ${4 * words} ${dataOffset(words)}`),
};

const MOST_TCP_HEADER_BYTES = 60;

/** No such packet is bare, whatever its header says of its own length. */
export const LONGER_THAN_BARE_NFT: ByFamily<string> = {
  ipv4: `@nh,16,16 > ${20 + MOST_TCP_HEADER_BYTES}`,
  ipv6: `@nh,32,16 > ${MOST_TCP_HEADER_BYTES}`,
};

/** The flags that begin and end a connection, and ACK. */
const KIND = TCP_FLAGS.syn | TCP_FLAGS.ack | TCP_FLAGS.fin | TCP_FLAGS.rst;

/**
 * Bare segments with a TCP header of so many words, of whose flags those in `mask` are as in `set`. One comparison a
 * header: for forms that are so usual that they have a short way of their own.
 */
function usual(words: number, mask: number, set: number): ByFamily<string> {
  const segment = `@th,96,16 & ${hex(0xf000 | mask)} == ${hex((words << 12) | set)}`;
  return {
    ipv4: `@nh,0,32 & 0xff00ffff == ${hex(0x45000000 + 20 + 4 * words)} @nh,72,8 6 ${segment}`,
    ipv6: `@nh,0,8 & 0xf0 == 0x60 @nh,32,32 & 0xffffff00 == ${hex(((4 * words) << 16) | (6 << 8))} ${segment}`,
  };
}

/** Of connections with time stamps, as good as all have them, and without. @param none the flags they lack. */
function bareWithout(none: number): ByFamily<readonly string[]> {
  const forms = [8, 5].map((words) => usual(words, none, 0));
  return { ipv4: forms.map(({ ipv4 }) => ipv4), ipv6: forms.map(({ ipv6 }) => ipv6) };
}

/** Acknowledgements of the usual forms: no SYN, FIN or RST. */
export const QUIET_SEGMENT_NFT = bareWithout(TCP_FLAGS.syn | TCP_FLAGS.fin | TCP_FLAGS.rst);

/** The same and what ends a connection: no SYN. */
export const PLAIN_SEGMENT_NFT = bareWithout(TCP_FLAGS.syn);

/** The SYN of nearly all clients, and the SYN-ACK it is answered with: 20 bytes of options. */
export const USUAL_SYN_NFT = usual(10, KIND, TCP_FLAGS.syn);
export const USUAL_ACCEPTANCE_NFT = usual(10, KIND, TCP_FLAGS.syn | TCP_FLAGS.ack);

/** A TCP header of so many 32-bit words. */
export function dataOffset(words: number): string {
  return `@th,96,8 & 0xf0 == ${hex(words << 4)}`;
}

function hex(bits: number): string {
  return `0x${bits.toString(16)}`;
}
