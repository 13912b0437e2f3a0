import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BARE_SEGMENT_IPV4, BARE_SEGMENT_IPV6, BARE_SEGMENT_NFT, bytecode } from '../../src/firewall/bare-segment.ts';
import { runBpf } from './bpf-machine.ts';

const TCP = 6;

/** What a packet was made of; the oracle never looks at the packet. */
const ipv4Parts = fc.record({
  optionWords: fc.integer({ min: 0, max: 10 }),
  tcpWords: fc.integer({ min: 5, max: 15 }),
  payload: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 70 })),
  protocol: fc.oneof(fc.constant(TCP), fc.constantFrom(1, 17, 47)),
  fragment: fc.oneof(fc.constant(0), fc.constantFrom(0x2000, 0x0001, 0x1fff, 0x2003)),
  isDontFragment: fc.boolean(),
});
const ipv6Parts = fc.record({
  /** Of 8 bytes each, before the TCP header. */
  extensionHeaders: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 3 })),
  tcpWords: fc.integer({ min: 5, max: 15 }),
  payload: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 70 })),
  protocol: fc.oneof(fc.constant(TCP), fc.constantFrom(17, 58)),
});
type Ipv4Parts = typeof ipv4Parts extends fc.Arbitrary<infer T> ? T : never;
type Ipv6Parts = typeof ipv6Parts extends fc.Arbitrary<infer T> ? T : never;

function ipv4Packet(parts: Ipv4Parts): Uint8Array {
  const headerBytes = 20 + 4 * parts.optionWords;
  const packet = new Uint8Array(headerBytes + 4 * parts.tcpWords + parts.payload).fill(0xa5);
  const view = new DataView(packet.buffer);
  view.setUint8(0, 0x40 | (headerBytes / 4));
  view.setUint16(2, packet.length);
  view.setUint16(6, parts.fragment | (parts.isDontFragment ? 0x4000 : 0));
  view.setUint8(9, parts.protocol);
  view.setUint8(headerBytes + 12, (parts.tcpWords << 4) | 0x5);
  return packet;
}

function ipv6Packet(parts: Ipv6Parts): Uint8Array {
  const extensionBytes = 8 * parts.extensionHeaders;
  const packet = new Uint8Array(40 + extensionBytes + 4 * parts.tcpWords + parts.payload).fill(0xa5);
  const view = new DataView(packet.buffer);
  view.setUint8(0, 0x60);
  view.setUint16(4, packet.length - 40);
  view.setUint8(6, parts.extensionHeaders > 0 ? 60 : parts.protocol);
  for (let header = 0; header < parts.extensionHeaders; header += 1) {
    view.setUint8(40 + 8 * header, header + 1 < parts.extensionHeaders ? 60 : parts.protocol);
    view.setUint8(40 + 8 * header + 1, 0);
  }
  view.setUint8(40 + extensionBytes + 12, (parts.tcpWords << 4) | 0x5);
  return packet;
}

describe('a bare segment, as the iptables bytecode sees it', () => {
  test('over IPv4 is an unfragmented TCP segment without payload, whatever options either header has', () => {
    fc.assert(
      fc.property(ipv4Parts, (parts) => {
        const isBare = parts.payload === 0 && parts.protocol === TCP && parts.fragment === 0;
        expect(runBpf(BARE_SEGMENT_IPV4, ipv4Packet(parts)) > 0).toBe(isBare);
      }),
      { numRuns: 3000 },
    );
  });

  test('over IPv6 is a TCP segment without payload right behind the IPv6 header', () => {
    fc.assert(
      fc.property(ipv6Parts, (parts) => {
        const isBare = parts.payload === 0 && parts.protocol === TCP && parts.extensionHeaders === 0;
        expect(runBpf(BARE_SEGMENT_IPV6, ipv6Packet(parts)) > 0).toBe(isBare);
      }),
      { numRuns: 3000 },
    );
  });

  test('is none where the length field does not say how long the packet is', () => {
    const parts = {
      optionWords: 0,
      tcpWords: 5,
      payload: 0,
      protocol: TCP,
      fragment: 0,
      isDontFragment: true,
    } as const;
    const ipv4 = ipv4Packet(parts);
    ipv4.fill(0, 2, 4);
    expect(runBpf(BARE_SEGMENT_IPV4, ipv4)).toBe(0);
    const ipv6 = ipv6Packet({ extensionHeaders: 0, tcpWords: 5, payload: 0, protocol: TCP });
    ipv6.fill(0, 4, 6);
    expect(runBpf(BARE_SEGMENT_IPV6, ipv6)).toBe(0);
  });

  test('is none where the packet is cut short', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 19 }), (bytes) => {
        expect(runBpf(BARE_SEGMENT_IPV4, bytes)).toBe(0);
        expect(runBpf(BARE_SEGMENT_IPV6, bytes)).toBe(0);
      }),
    );
  });

  test('is written down as iptables reads it', () => {
    const words = bytecode(BARE_SEGMENT_IPV6).split(',');
    expect(words[0]).toBe('10');
    expect(words.slice(1)).toHaveLength(10);
    expect(words.at(-1)).toBe('6 0 0 65535');
  });
});

test('a bare segment, as nft sees it, has one condition a header length and family', () => {
  expect(BARE_SEGMENT_NFT).toHaveLength(22);
  for (const condition of BARE_SEGMENT_NFT) {
    const length = Number(/ length (\d+)/.exec(condition)?.[1]);
    const words = Number(/ doff (\d+)/.exec(condition)?.[1]);
    expect(length).toBe(4 * words + (condition.startsWith('ip ') ? 20 : 0));
  }
});
