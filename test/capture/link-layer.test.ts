import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newIpLocation } from '../../src/capture/ip-location.ts';
import { isKnownLinkType, locateIp } from '../../src/capture/link-layer.ts';

const MACS = '020000000001 020000000002';
const V4 = '45000014';
const V6 = '60000000';
const SNAP = 'aaaa03000000';
const WIFI_ADDRESSES = '020000000001 020000000002 020000000003';

interface Case {
  readonly name: string;
  readonly linkType: number;
  readonly before: string;
  readonly mac?: number;
  readonly packet?: string;
}

const FOUND: readonly Case[] = [
  { name: 'Ethernet', linkType: 1, before: `${MACS} 0800`, mac: 6 },
  { name: 'Ethernet with IPv6', linkType: 1, before: `${MACS} 86dd`, mac: 6, packet: V6 },
  { name: 'one 802.1Q tag', linkType: 1, before: `${MACS} 8100 0064 0800`, mac: 6 },
  { name: 'two tags (QinQ)', linkType: 1, before: `${MACS} 88a8 0001 8100 0064 86dd`, mac: 6, packet: V6 },
  { name: 'PPPoE', linkType: 1, before: `${MACS} 8864 1100 0007 0016 0021`, mac: 6 },
  {
    name: 'PPPoE with IPv6 in a tag',
    linkType: 1,
    before: `${MACS} 8100 0007 8864 1100 0007 0016 0057`,
    mac: 6,
    packet: V6,
  },
  { name: 'Linux cooked', linkType: 113, before: '0000 0001 0006 0200000000010000 0800', mac: 6 },
  { name: 'Linux cooked, no address', linkType: 113, before: '0000 0308 0000 0000000000000000 86dd', packet: V6 },
  { name: 'Linux cooked, tagged', linkType: 113, before: '0000 0001 0006 0200000000010000 8100 0064 0800', mac: 6 },
  { name: 'Linux cooked 2', linkType: 276, before: '0800 0000 00000003 0001 00 06 0200000000010000', mac: 12 },
  {
    name: 'Linux cooked 2, no address',
    linkType: 276,
    before: '86dd 0000 00000003 0308 00 00 0000000000000000',
    packet: V6,
  },
  { name: 'raw IP', linkType: 101, before: '' },
  { name: 'raw IP, IPv6', linkType: 101, before: '', packet: V6 },
  { name: 'raw IP, as old BSD numbers it', linkType: 12, before: '' },
  { name: 'raw IP, as OpenBSD numbers it', linkType: 14, before: '' },
  { name: 'raw IPv4', linkType: 228, before: '' },
  { name: 'raw IPv6', linkType: 229, before: '', packet: V6 },
  { name: 'BSD loopback, little-endian', linkType: 0, before: '02000000' },
  { name: 'BSD loopback, big-endian', linkType: 0, before: '0000001e', packet: V6 },
  { name: 'OpenBSD loopback', linkType: 108, before: '00000002' },
  { name: 'PPP', linkType: 9, before: '0021' },
  { name: 'PPP with a compressed protocol', linkType: 9, before: '21' },
  { name: 'PPP in HDLC-like framing', linkType: 9, before: 'ff03 0057', packet: V6 },
  { name: 'PPP_HDLC', linkType: 50, before: 'ff03 21' },
  { name: 'PPP_HDLC that is Cisco HDLC', linkType: 50, before: '0f00 0800' },
  { name: 'PPPoE alone', linkType: 51, before: '1100 0007 0016 0021' },
  { name: 'Cisco HDLC', linkType: 104, before: '8f00 86dd', packet: V6 },
  {
    name: '802.11 to the access point',
    linkType: 105,
    before: `0801 0000 ${WIFI_ADDRESSES} 0000 ${SNAP} 0800`,
    mac: 10,
  },
  { name: '802.11 from it, QoS', linkType: 105, before: `8802 0000 ${WIFI_ADDRESSES} 1000 0000 ${SNAP} 0800`, mac: 16 },
  {
    name: '802.11 between access points, QoS and HT',
    linkType: 105,
    before: `8883 0000 ${WIFI_ADDRESSES} 0000 020000000004 0000 00000000 ${SNAP} 86dd`,
    mac: 24,
    packet: V6,
  },
  {
    name: 'radiotap',
    linkType: 127,
    before: `0000 0a00 02000000 1000 0800 0000 ${WIFI_ADDRESSES} 0000 ${SNAP} 0800`,
    mac: 20,
  },
  {
    name: 'radiotap with two words of fields and a clock',
    linkType: 127,
    before: `0000 1a00 03000080 00000000 20202020 2020202020202020 1000 0800 0000 ${WIFI_ADDRESSES} 0000 ${SNAP} 0800`,
    mac: 36,
  },
];

const NOT_IP: readonly Case[] = [
  { name: 'ARP', linkType: 1, before: `${MACS} 0806` },
  { name: '802.3 with LLC/SNAP', linkType: 1, before: `${MACS} 0010 ${SNAP} 0800` },
  { name: 'IPv6 announced as IPv4', linkType: 1, before: `${MACS} 0800`, packet: V6 },
  { name: 'IPv4 announced as IPv6', linkType: 1, before: `${MACS} 86dd` },
  { name: 'MPLS', linkType: 1, before: `${MACS} 8847 00012dfe` },
  { name: 'PPPoE discovery', linkType: 1, before: `${MACS} 8863 1109 0000 0004 0021` },
  { name: 'a PPPoE session with a code', linkType: 1, before: `${MACS} 8864 11a7 0007 0016 0021` },
  { name: 'PPP control', linkType: 9, before: 'ff03 c021' },
  { name: 'Cisco keep-alive', linkType: 104, before: '8f00 8035' },
  { name: 'loopback without a family', linkType: 0, before: '00000000' },
  { name: 'raw IPv4 that is IPv6', linkType: 228, before: '', packet: V6 },
  { name: 'raw IP of another version', linkType: 101, before: '', packet: '75000014' },
  { name: 'encrypted 802.11', linkType: 105, before: `0841 0000 ${WIFI_ADDRESSES} 0000 ${SNAP} 0800` },
  { name: 'an 802.11 beacon', linkType: 105, before: `8000 0000 ${WIFI_ADDRESSES} 0000 ${SNAP} 0800` },
  { name: 'an 802.11 null frame', linkType: 105, before: `4801 0000 ${WIFI_ADDRESSES} 0000 ${SNAP} 0800` },
  { name: 'a later 802.11 fragment', linkType: 105, before: `0801 0000 ${WIFI_ADDRESSES} 0100 ${SNAP} 0800` },
  { name: 'an 802.11 aggregate', linkType: 105, before: `8801 0000 ${WIFI_ADDRESSES} 0000 8000 ${SNAP} 0800` },
  {
    name: 'padded 802.11',
    linkType: 127,
    before: `0000 0900 02000000 20 0801 0000 ${WIFI_ADDRESSES} 0000 ${SNAP} 0800`,
  },
  { name: 'a link type nobody knows', linkType: 147, before: '' },
];

function bytesOf(hex: string): Uint8Array {
  return Buffer.from(hex.replaceAll(' ', ''), 'hex');
}

/** The frame stands in the middle of a buffer, with bytes around it that would make IP of anything. */
function locate(linkType: number, frame: Uint8Array) {
  const margin = new Uint8Array(40).fill(0x45);
  const out = newIpLocation();
  const start = margin.length;
  const end = start + frame.length;
  const found = locateIp({ bytes: Buffer.concat([margin, frame, margin]), start, end, atMs: 0, linkType }, out);
  return { found, start: out.start - start, mac: out.sourceMacAt < 0 ? undefined : out.sourceMacAt - start };
}

describe('the IP packet in a frame', () => {
  test.each(FOUND)('is found: $name', ({ linkType, before, mac, packet = V4 }) => {
    const header = bytesOf(before);
    const frame = Buffer.concat([header, bytesOf(packet)]);
    expect(locate(linkType, frame)).toEqual({ found: true, start: header.length, mac });
    expect(isKnownLinkType(linkType)).toBe(true);
  });

  test.each(NOT_IP)('is not seen where there is none: $name', ({ linkType, before, packet = V4 }) => {
    expect(locate(linkType, bytesOf(before + packet)).found).toBe(false);
  });

  test.each(FOUND)('is not guessed beyond the end of a short frame: $name', ({ linkType, before }) => {
    const header = bytesOf(before);
    for (let length = 0; length <= header.length; length += 1) {
      expect(locate(linkType, header.subarray(0, length)).found).toBe(false);
    }
  });

  test('begins inside the frame, whatever the frame holds', () => {
    const types = [0, 1, 9, 50, 51, 101, 104, 105, 108, 113, 127, 228, 229, 276];
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.uint8Array({ maxLength: 80 }), (linkType, bytes) => {
        const { found, start, mac } = locate(linkType, bytes);
        if (!found) return;
        expect(start).toBeGreaterThanOrEqual(0);
        expect(start).toBeLessThan(bytes.length);
        if (mac !== undefined) expect(mac + 6).toBeLessThanOrEqual(start);
      }),
      { numRuns: 2000 },
    );
  });
});

test('a link type that is not known is told apart', () => {
  expect(isKnownLinkType(147)).toBe(false);
});
