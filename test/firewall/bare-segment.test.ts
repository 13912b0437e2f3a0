import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BARE_SEGMENT_NFT, bareSegmentIpv4, bareSegmentIpv6, bytecode } from '../../src/firewall/bare-segment.ts';
import { runBpf } from './bpf-machine.ts';

const TCP = 6;
const FIN_SYN_RST = 0x07;

/** What a packet was made of; the oracle never looks at the packet. */
const ipv4Parts = fc.record({
  optionWords: fc.integer({ min: 0, max: 10 }),
  tcpWords: fc.integer({ min: 5, max: 15 }),
  flags: fc.integer({ min: 0, max: 255 }),
  payload: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 70 })),
  protocol: fc.oneof(fc.constant(TCP), fc.constantFrom(1, 17, 47)),
  fragment: fc.oneof(fc.constant(0), fc.constantFrom(0x2000, 0x0001, 0x1fff, 0x2003)),
  isDontFragment: fc.boolean(),
});
const ipv6Parts = fc.record({
  /** Of 8 bytes each, before the TCP header. */
  extensionHeaders: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 3 })),
  tcpWords: fc.integer({ min: 5, max: 15 }),
  flags: fc.integer({ min: 0, max: 255 }),
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
  view.setUint8(headerBytes + 13, parts.flags);
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
  view.setUint8(40 + extensionBytes + 13, parts.flags);
  return packet;
}

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

  const whole4: Ipv4Parts = {
    optionWords: 0,
    tcpWords: 5,
    flags: 0x10,
    payload: 0,
    protocol: TCP,
    fragment: 0,
    isDontFragment: true,
  };
  const whole6: Ipv6Parts = { extensionHeaders: 0, tcpWords: 5, flags: 0x10, payload: 0, protocol: TCP };

  test('depends on no flag but those', () => {
    for (let flags = 0; flags < 256; flags += 1) {
      expect(runBpf(ipv4, ipv4Packet({ ...whole4, flags })) > 0).toBe(fits(flags));
      expect(runBpf(ipv6, ipv6Packet({ ...whole6, flags })) > 0).toBe(fits(flags));
    }
  });

  test('is none where the length field does not say how long the packet is', () => {
    for (const other of [0, 1, 39, 41, 0xffff]) {
      const packet4 = ipv4Packet(whole4);
      new DataView(packet4.buffer).setUint16(2, other);
      expect(runBpf(ipv4, packet4)).toBe(0);
      const packet6 = ipv6Packet(whole6);
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

test('a bare segment, as nft sees it, has one condition a header length and family', () => {
  expect(BARE_SEGMENT_NFT).toHaveLength(22);
  for (const condition of BARE_SEGMENT_NFT) {
    const length = Number(/ length (\d+)/.exec(condition)?.[1]);
    const words = Number(/ doff (\d+)/.exec(condition)?.[1]);
    expect(length).toBe(4 * words + (condition.startsWith('ip ') ? 20 : 0));
  }
});
