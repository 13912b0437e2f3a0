import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MessageKind, readMessage } from '../../src/netfilter-queue/packet-message.ts';
import { emptyPacket, type PacketFields } from '../../src/netfilter-queue/queued-packet.ts';
import {
  big16,
  big32,
  encodeAnswer,
  encodeMessage,
  encodePacketMessage,
  type PlainAttribute,
} from './netlink-encoding.ts';

const PACKET_HEADER = { type: 1, value: [...big32(7), ...big16(0x0800), 2] };
const PAYLOAD = { type: 10, value: [0x45, 0, 0, 21, 9] };

function read(bytes: Uint8Array, end = bytes.length): { kind: MessageKind; packet: PacketFields } {
  const packet = emptyPacket(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { kind: readMessage(view, 0, end, packet), packet };
}

function expectWithin(packet: PacketFields, end: number): void {
  expect(packet.start).toBeGreaterThanOrEqual(0);
  expect(packet.end).toBeGreaterThanOrEqual(packet.start);
  expect(packet.end).toBeLessThanOrEqual(end);
  expect(packet.hardwareAddressEnd).toBeGreaterThanOrEqual(packet.hardwareAddressStart);
  expect(packet.hardwareAddressEnd).toBeLessThanOrEqual(end);
  expect(packet.originalBytes).toBeGreaterThanOrEqual(packet.end - packet.start);
}

describe('a packet message', () => {
  it('gives every field the kernel sends', () => {
    const { kind, packet } = read(
      encodePacketMessage([
        { type: 1, value: [...big32(0xfffffffe), ...big16(0x86dd), 2] },
        { type: 5, value: big32(3) },
        { type: 6, value: big32(4) },
        { type: 3, value: big32(0x8f000001) },
        { type: 21, value: big32(0xc0000003) },
        { type: 9, value: [...big16(6), 0, 0, 2, 0, 0, 0, 0, 9, 0, 0] },
        { type: 14, value: big32(3) },
        { type: 13, value: big32(1500) },
        PAYLOAD,
      ]),
    );
    expect(kind).toBe('packet');
    expect(packet).toMatchObject({
      id: 0xfffffffe,
      protocol: 0x86dd,
      hook: 2,
      inIndex: 3,
      outIndex: 4,
      mark: 0x8f000001,
      priority: 0xc0000003,
      originalBytes: 1500,
      checksumReady: false,
      aggregated: true,
    });
    expect([...packet.bytes.subarray(packet.start, packet.end)]).toEqual(PAYLOAD.value);
    expect([...packet.bytes.subarray(packet.hardwareAddressStart, packet.hardwareAddressEnd)]).toEqual([
      2, 0, 0, 0, 0, 9,
    ]);
  });

  it('leaves nothing behind from the packet that used the slot before', () => {
    const packet = emptyPacket(new Uint8Array(0));
    const full = encodePacketMessage([
      PACKET_HEADER,
      { type: 3, value: big32(1) },
      { type: 21, value: big32(1) },
      { type: 5, value: big32(1) },
      { type: 6, value: big32(1) },
      { type: 9, value: [...big16(1), 0, 0, 1, 0, 0, 0, 0, 0, 0, 0] },
      { type: 14, value: big32(3) },
      { type: 13, value: big32(99) },
      PAYLOAD,
    ]);
    const bare = encodePacketMessage([PACKET_HEADER]);
    readMessage(new DataView(full.buffer), 0, full.length, packet);
    readMessage(new DataView(bare.buffer), 0, bare.length, packet);
    expect(packet).toEqual({ ...emptyPacket(new Uint8Array(0)), id: 7, protocol: 0x0800, hook: 2 });
  });

  it('is read the same whatever unknown attributes stand around it', () => {
    const unknown = fc.record({
      type: fc.integer({ min: 15, max: 0x3fff }).filter((type) => type !== 21),
      value: fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 40 }),
    });
    fc.assert(
      fc.property(fc.array(unknown), fc.array(unknown), (before, after) => {
        const { kind, packet } = read(encodePacketMessage([...before, PACKET_HEADER, ...after, PAYLOAD]));
        expect(kind).toBe('packet');
        expect([...packet.bytes.subarray(packet.start, packet.end)]).toEqual(PAYLOAD.value);
      }),
    );
  });

  it('cut anywhere is no packet, and its id is known once its header has arrived', () => {
    const bytes = encodePacketMessage([PACKET_HEADER, { type: 3, value: big32(1) }, PAYLOAD]);
    for (let end = 0; end < bytes.length; end += 1) {
      const { kind, packet } = read(bytes, end);
      expect(kind).toBe(end < 20 + 4 + 7 ? 'malformed' : 'broken');
      if (kind === 'broken') expect(packet.id).toBe(7);
    }
    expect(read(bytes).kind).toBe('packet');
  });

  const contradictions: [string, PlainAttribute][] = [
    ['a mark of three bytes', { type: 3, value: [0, 0, 1] }],
    ['an interface index of one byte', { type: 5, value: [1] }],
    ['a hardware address longer than its attribute', { type: 9, value: [...big16(9), 0, 0, 1, 2, 3, 4, 5, 6, 7, 8] }],
    ['a hardware address without its length', { type: 9, value: [0] }],
    ['an original length below what was captured', { type: 13, value: big32(4) }],
    ['a second packet header that is too short', { type: 1, value: [0] }],
  ];
  it.each(contradictions)('with %s is broken', (_, attribute) => {
    expect(read(encodePacketMessage([PACKET_HEADER, attribute, PAYLOAD])).kind).toBe('broken');
  });

  it('without a packet header is malformed, for no verdict can name it', () => {
    expect(read(encodePacketMessage([PAYLOAD])).kind).toBe('malformed');
  });

  it('with an attribute that claims no length at all ends there', () => {
    const bytes = encodePacketMessage([PACKET_HEADER, PAYLOAD]);
    bytes.set([0, 0], 32);
    expect(read(bytes).kind).toBe('broken');
  });
});

describe('another message', () => {
  it('of the kernel is told apart', () => {
    expect(read(encodeAnswer(2, 1)).kind).toBe('answer');
    expect(read(encodeMessage(3, 0, [])).kind).toBe('other');
  });
});

describe('whatever bytes arrive', () => {
  it('are read without a throw and without a look outside', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(220), (bytes, end) => {
        const { kind, packet } = read(bytes, end);
        if (end > bytes.length) expect(kind).toBe('malformed');
        if (kind === 'packet') expectWithin(packet, end);
      }),
      { numRuns: 3000 },
    );
  });

  it('in a packet message with spoilt bytes, are a packet only when every offset lies inside', () => {
    const whole = encodePacketMessage([
      PACKET_HEADER,
      { type: 9, value: [...big16(6), 0, 0, 2, 0, 0, 0, 0, 9, 0, 0] },
      { type: 13, value: big32(1500) },
      PAYLOAD,
    ]);
    const spoil = fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(spoil, { minLength: 1, maxLength: 4 }), fc.nat(whole.length), (spoilt, end) => {
        const bytes = whole.slice();
        for (const [at, value] of spoilt) bytes[at] = value;
        const { kind, packet } = read(bytes, end);
        if (kind === 'packet') expectWithin(packet, end);
      }),
      { numRuns: 5000 },
    );
  });
});
