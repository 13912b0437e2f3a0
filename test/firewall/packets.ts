import fc from 'fast-check';

export const TCP = 6;

/** What a packet was made of; the oracle never looks at the packet. */
export const ipv4Parts = fc.record({
  optionWords: fc.integer({ min: 0, max: 10 }),
  tcpWords: fc.integer({ min: 5, max: 15 }),
  flags: fc.integer({ min: 0, max: 255 }),
  payload: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 70 })),
  protocol: fc.oneof(fc.constant(TCP), fc.constantFrom(1, 17, 47)),
  fragment: fc.oneof(fc.constant(0), fc.constantFrom(0x2000, 0x0001, 0x1fff, 0x2003)),
  isDontFragment: fc.boolean(),
});
export const ipv6Parts = fc.record({
  /** Of 8 bytes each, before the TCP header. */
  extensionHeaders: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 3 })),
  tcpWords: fc.integer({ min: 5, max: 15 }),
  flags: fc.integer({ min: 0, max: 255 }),
  payload: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 70 })),
  protocol: fc.oneof(fc.constant(TCP), fc.constantFrom(17, 58)),
});
export type Ipv4Parts = typeof ipv4Parts extends fc.Arbitrary<infer T> ? T : never;
export type Ipv6Parts = typeof ipv6Parts extends fc.Arbitrary<infer T> ? T : never;

export function ipv4Packet(parts: Ipv4Parts): Uint8Array {
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

export function ipv6Packet(parts: Ipv6Parts): Uint8Array {
  const extensionBytes = 8 * parts.extensionHeaders;
  const packet = new Uint8Array(40 + extensionBytes + 4 * parts.tcpWords + parts.payload).fill(0xa5);
  const view = new DataView(packet.buffer);
  view.setUint8(0, 0x6a);
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

/** An acknowledgement without time stamps. */
export const BARE_IPV4: Ipv4Parts = {
  optionWords: 0,
  tcpWords: 5,
  flags: 0x10,
  payload: 0,
  protocol: TCP,
  fragment: 0,
  isDontFragment: true,
};
export const BARE_IPV6: Ipv6Parts = { extensionHeaders: 0, tcpWords: 5, flags: 0x10, payload: 0, protocol: TCP };
