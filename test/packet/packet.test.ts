import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Packet, readPacket } from '../../src/packet/packet.ts';
import { buildPacket, type PacketParts } from './build-packet.ts';

const V4 = { source: '192.0.2.1', destination: '198.51.100.7' };
const V6 = { source: '2001:db8::1', destination: '2001:db8::7' };

function read(bytes: Uint8Array, end = bytes.length): { packet: Packet; fault: string | null } {
  const packet = new Packet();
  return { packet, fault: readPacket(bytes, 0, end, packet) };
}

function payload(packet: Packet): string {
  return Buffer.from(packet.bytes.subarray(packet.payloadAt, packet.payloadAt + packet.capturedLength)).toString(
    'latin1',
  );
}

describe.each([
  ['IPv4', V4],
  ['IPv6', V6],
])('a packet over %s', (_name, ends) => {
  it('shows ports, sequence numbers, flags and payload of TCP behind options', () => {
    const { packet, fault } = read(
      buildPacket({
        ...ends,
        sourcePort: 50123,
        destinationPort: 8080,
        sequence: 0xfffffff0,
        acknowledgement: 7,
        flags: 'PA',
        tcpOptions: new Uint8Array(12).fill(1),
        payload: 'hello',
      }),
    );
    expect(fault).toBeNull();
    expect(packet).toMatchObject({ protocol: 6, sourcePort: 50123, destinationPort: 8080, flags: 0x18 });
    expect(packet).toMatchObject({ sequence: 0xfffffff0, acknowledgement: 7, payloadLength: 5 });
    expect(payload(packet)).toBe('hello');
  });

  it('shows ports and payload of UDP', () => {
    const { packet, fault } = read(buildPacket({ ...ends, protocol: 17, destinationPort: 53, payload: 'query' }));
    expect(fault).toBeNull();
    expect(packet).toMatchObject({ protocol: 17, destinationPort: 53, payloadLength: 5 });
    expect(payload(packet)).toBe('query');
  });

  it('is not followed behind its own length: padding is no payload', () => {
    const padded = Buffer.concat([buildPacket({ ...ends, payload: 'abc' }), Buffer.from('padding')]);
    expect(payload(read(padded).packet)).toBe('abc');
  });

  it('keeps apart what the headers say and what was captured', () => {
    const bytes = buildPacket({ ...ends, payload: 'x'.repeat(100) });
    const { packet, fault } = read(bytes, bytes.length - 60);
    expect(fault).toBeNull();
    expect(packet).toMatchObject({ payloadLength: 100, capturedLength: 40 });
  });

  it('names any other protocol without ports', () => {
    const { packet, fault } = read(buildPacket({ ...ends, protocol: 47, payload: 'tunnel' }));
    expect(fault).toBeNull();
    expect(packet).toMatchObject({ protocol: 47, sourcePort: 0, destinationPort: 0 });
  });

  it('is malformed wherever its headers are cut', () => {
    const bytes = buildPacket({ ...ends, payload: '' });
    for (let end = 0; end < bytes.length; end += 1) expect(read(bytes, end).fault).toBe('packet-malformed');
  });
});

describe('headers that contradict themselves', () => {
  const cases: [string, PacketParts | Uint8Array][] = [
    ['an IPv4 header of fewer than five words', mend(buildPacket(V4), 0, 0x44)],
    ['an IPv4 length shorter than the header', { ...V4, lengthField: 12 }],
    ['a TCP header of fewer than five words', mend(buildPacket(V4), 32, 0x40)],
    ['a TCP header longer than the packet', mend(buildPacket(V4), 32, 0xf0)],
    ['a UDP length that hides bytes', mend(buildPacket({ ...V4, protocol: 17, payload: 'abcdef' }), 25, 9)],
    ['a UDP length beyond the packet', mend(buildPacket({ ...V4, protocol: 17, payload: 'abcdef' }), 25, 99)],
    ['a version that is neither', mend(buildPacket(V4), 0, 0x55)],
    ['more IPv6 extension headers than anyone sends', { ...V6, extensions: { first: 0, bytes: hopByHops(9) } }],
  ];
  it.each(cases)('%s', (_name, packet) => {
    expect(read(packet instanceof Uint8Array ? packet : buildPacket(packet)).fault).toBe('packet-malformed');
  });
});

describe('fragments', () => {
  it('of IPv4 are told from whole packets; the first still shows its ports', () => {
    const first = read(buildPacket({ ...V4, fragment: 0x2000, payload: 'part' }));
    expect(first.fault).toBe('packet-fragment');
    expect(first.packet.destinationPort).toBe(80);
    expect(read(buildPacket({ ...V4, fragment: 185, payload: 'rest' })).fault).toBe('packet-fragment');
    expect(read(buildPacket({ ...V4, fragment: 0x4000, payload: 'whole' })).fault).toBeNull();
  });

  it('of IPv6 are told from atomic ones (RFC 6946)', () => {
    const header = (offsetAndMore: number) => Uint8Array.of(6, 0, offsetAndMore >> 8, offsetAndMore & 255, 0, 0, 0, 1);
    const parts = (field: number) => ({ ...V6, payload: 'x', extensions: { first: 44, bytes: header(field) } });
    expect(read(buildPacket(parts(1))).fault).toBe('packet-fragment');
    expect(read(buildPacket(parts(8))).fault).toBe('packet-fragment');
    expect(read(buildPacket(parts(0))).fault).toBeNull();
  });
});

it('finds TCP behind IPv4 options and IPv6 extension headers', () => {
  const v4 = read(buildPacket({ ...V4, ipOptions: new Uint8Array(8).fill(1), payload: 'deep' }));
  expect(payload(v4.packet)).toBe('deep');
  const extensions = {
    first: 0,
    bytes: Buffer.concat([Uint8Array.of(60, 0, 0, 0, 0, 0, 0, 0), Uint8Array.of(6, 0, 0, 0, 0, 0, 0, 0)]),
  };
  const v6 = read(buildPacket({ ...V6, extensions, payload: 'deep' }));
  expect(v6.fault).toBeNull();
  expect(payload(v6.packet)).toBe('deep');
});

it('never throws and never points outside what was captured, whatever the bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), fc.boolean(), (bytes, isV6) => {
      if (bytes.length > 0) bytes[0] = isV6 ? 0x60 : 0x45;
      const { packet, fault } = read(bytes);
      if (fault !== null) return;
      expect(packet.payloadAt + packet.capturedLength).toBeLessThanOrEqual(Math.max(bytes.length, packet.payloadAt));
      expect(packet.capturedLength).toBeLessThanOrEqual(packet.payloadLength);
    }),
    { numRuns: 3000 },
  );
});

function mend(bytes: Uint8Array, at: number, value: number): Uint8Array {
  bytes[at] = value;
  return bytes;
}

function hopByHops(count: number): Uint8Array {
  return Buffer.concat(
    Array.from({ length: count }, (_, i) => Uint8Array.of(i === count - 1 ? 6 : 0, 0, 0, 0, 0, 0, 0, 0)),
  );
}
