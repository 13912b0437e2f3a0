import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bareSegmentIpv4, bareSegmentIpv6, bytecode } from '../../src/firewall/bare-segment.ts';
import { BARE_SEGMENT_NFT, flagBits, flags, QUIET_SEGMENT_NFT, TCP_NFT } from '../../src/firewall/bare-segment-nft.ts';
import { IP_FAMILIES } from '../../src/firewall/ip-family.ts';
import { runBpf } from './bpf-machine.ts';
import { matchesNft } from './nft-machine.ts';
import { BARE_IPV4, BARE_IPV6, ipv4Packet, ipv4Parts, ipv6Packet, ipv6Parts, TCP } from './packets.ts';

const FIN_SYN_RST = 0x07;

const KINDS = [
  { kind: 'a bare segment', isQuiet: false, instructions: 10 },
  { kind: 'a quiet bare segment', isQuiet: true, instructions: 12 },
];

describe.each(KINDS)('$kind, as the iptables bytecode sees it', ({ isQuiet, instructions }) => {
  const [ipv4, ipv6] = [bareSegmentIpv4(isQuiet), bareSegmentIpv6(isQuiet)];
  const fits = (flags: number): boolean => !isQuiet || (flags & FIN_SYN_RST) === 0;
  const quiet = isQuiet ? ' and neither begins nor ends a connection' : '';

  test(`over IPv4 is an unfragmented TCP segment without payload, whatever options either header has${quiet}`, () => {
    fc.assert(
      fc.property(ipv4Parts, (parts) => {
        const isBare = parts.payload === 0 && parts.protocol === TCP && parts.fragment === 0;
        expect(runBpf(ipv4, ipv4Packet(parts)) > 0).toBe(isBare && fits(parts.flags));
      }),
      { numRuns: 3000 },
    );
  });

  test(`over IPv6 is a TCP segment without payload right behind the IPv6 header${quiet}`, () => {
    fc.assert(
      fc.property(ipv6Parts, (parts) => {
        const isBare = parts.payload === 0 && parts.protocol === TCP && parts.extensionHeaders === 0;
        expect(runBpf(ipv6, ipv6Packet(parts)) > 0).toBe(isBare && fits(parts.flags));
      }),
      { numRuns: 3000 },
    );
  });

  test('depends on no flag but those', () => {
    for (let flags = 0; flags < 256; flags += 1) {
      expect(runBpf(ipv4, ipv4Packet({ ...BARE_IPV4, flags })) > 0).toBe(fits(flags));
      expect(runBpf(ipv6, ipv6Packet({ ...BARE_IPV6, flags })) > 0).toBe(fits(flags));
    }
  });

  test('is none where the length field does not say how long the packet is', () => {
    for (const other of [0, 1, 39, 41, 0xffff]) {
      const packet4 = ipv4Packet(BARE_IPV4);
      new DataView(packet4.buffer).setUint16(2, other);
      expect(runBpf(ipv4, packet4)).toBe(0);
      const packet6 = ipv6Packet(BARE_IPV6);
      new DataView(packet6.buffer).setUint16(4, other);
      expect(runBpf(ipv6, packet6)).toBe(0);
    }
  });

  test('is none where the packet is cut short', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 19 }), (bytes) => {
        expect(runBpf(ipv4, bytes)).toBe(0);
        expect(runBpf(ipv6, bytes)).toBe(0);
      }),
    );
  });

  test('is written down as iptables reads it', () => {
    const words = bytecode(ipv6).split(',');
    expect(words[0]).toBe(`${instructions}`);
    expect(words.slice(1)).toHaveLength(instructions);
    expect(words.at(-1)).toBe('6 0 0 65535');
  });
});

/** As the rules use them: the second half only where the first is true. */
const BARE_NFT: readonly string[] = IP_FAMILIES.flatMap((family) =>
  BARE_SEGMENT_NFT[family].map((bare) => `${TCP_NFT[family]} ${bare}`),
);
/** What the acknowledgements of nearly every connection have: none but time stamps, or no options. */
const QUIET_HEADER_WORDS = new Set([5, 8]);

const NFT_KINDS = [
  { kind: 'a bare segment', conditions: BARE_NFT, isQuiet: false },
  {
    kind: 'a quiet bare segment',
    conditions: IP_FAMILIES.flatMap((family) => QUIET_SEGMENT_NFT[family]),
    isQuiet: true,
  },
];

describe.each(NFT_KINDS)('$kind, as nft sees it', ({ conditions, isQuiet }) => {
  const isSeen = (packet: Uint8Array): boolean => conditions.some((condition) => matchesNft(condition, packet));
  const fits = (parts: { readonly flags: number; readonly tcpWords: number }): boolean =>
    !isQuiet || ((parts.flags & FIN_SYN_RST) === 0 && QUIET_HEADER_WORDS.has(parts.tcpWords));
  const quiet = isQuiet ? ' of a usual length that neither begins nor ends a connection' : '';

  test(`over IPv4 is a TCP segment without payload behind a header without options${quiet}`, () => {
    fc.assert(
      fc.property(ipv4Parts, (parts) => {
        const isBare = parts.payload === 0 && parts.protocol === TCP && parts.optionWords === 0;
        // The kernel has put fragments together before.
        expect(isSeen(ipv4Packet({ ...parts, fragment: 0 }))).toBe(isBare && fits(parts));
      }),
      { numRuns: 3000 },
    );
  });

  test(`over IPv6 is a TCP segment without payload right behind the IPv6 header${quiet}`, () => {
    fc.assert(
      fc.property(ipv6Parts, (parts) => {
        const isBare = parts.payload === 0 && parts.protocol === TCP && parts.extensionHeaders === 0;
        expect(isSeen(ipv6Packet(parts))).toBe(isBare && fits(parts));
      }),
      { numRuns: 3000 },
    );
  });

  test('has any TCP header such a segment can have, any flags it may have, and not one byte more', () => {
    for (let tcpWords = 5; tcpWords <= 15; tcpWords += 1) {
      for (let flags = 0; flags < 256; flags += 1) {
        const parts = { tcpWords, flags };
        expect(isSeen(ipv4Packet({ ...BARE_IPV4, ...parts }))).toBe(fits(parts));
        expect(isSeen(ipv6Packet({ ...BARE_IPV6, ...parts }))).toBe(fits(parts));
      }
      for (let payload = 1; payload <= 64; payload += 1) {
        expect(isSeen(ipv4Packet({ ...BARE_IPV4, tcpWords, payload }))).toBe(false);
        expect(isSeen(ipv6Packet({ ...BARE_IPV6, tcpWords, payload }))).toBe(false);
      }
    }
  });

  test('has a header that is at least as long as the shortest there is', () => {
    for (let tcpWords = 0; tcpWords < 5; tcpWords += 1) {
      // Twenty bytes are there, whatever they say of themselves.
      const payload = 4 * (5 - tcpWords);
      expect(isSeen(ipv4Packet({ ...BARE_IPV4, tcpWords, payload }))).toBe(false);
      expect(isSeen(ipv6Packet({ ...BARE_IPV6, tcpWords, payload }))).toBe(false);
      const cut4 = ipv4Packet({ ...BARE_IPV4, tcpWords, payload });
      new DataView(cut4.buffer).setUint16(2, 20 + 4 * tcpWords);
      expect(isSeen(cut4)).toBe(false);
      const cut6 = ipv6Packet({ ...BARE_IPV6, tcpWords, payload });
      new DataView(cut6.buffer).setUint16(4, 4 * tcpWords);
      expect(isSeen(cut6)).toBe(false);
    }
  });

  test('is none where the length field does not say how long the packet is', () => {
    for (const other of [0, 1, 39, 41, 0xffff]) {
      const packet4 = ipv4Packet(BARE_IPV4);
      new DataView(packet4.buffer).setUint16(2, other);
      expect(isSeen(packet4)).toBe(false);
      const packet6 = ipv6Packet(BARE_IPV6);
      new DataView(packet6.buffer).setUint16(4, other);
      expect(isSeen(packet6)).toBe(false);
    }
  });

  test('is none where the packet is cut short', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 32 }), (bytes) => {
        expect(isSeen(bytes)).toBe(false);
      }),
    );
    expect(isSeen(ipv4Packet(BARE_IPV4).subarray(0, 32))).toBe(false);
    expect(isSeen(ipv6Packet(BARE_IPV6).subarray(0, 52))).toBe(false);
  });
});

test.each([
  ['SYN', ['syn'], 0x02],
  ['SYN-ACK', ['syn', 'ack'], 0x12],
  ['none of both', [], 0x00],
] as const)('of the four flags that nft is asked for, %s is told from every other', (_, names, bits) => {
  const condition = `${flags('syn', 'ack', 'fin', 'rst')} == ${flagBits(...names)}`;
  for (let all = 0; all < 256; all += 1) {
    expect(matchesNft(condition, ipv4Packet({ ...BARE_IPV4, flags: all }))).toBe((all & 0x17) === bits);
    expect(matchesNft(condition, ipv6Packet({ ...BARE_IPV6, flags: all }))).toBe((all & 0x17) === bits);
  }
});
