import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bindLogMessage, readLogMessage } from '../../src/netfilter-queue/log-message.ts';
import {
  big16,
  big32,
  decodeMessages,
  encodeAnswer,
  encodeLogMessage,
  encodeMessage,
  encodePacketMessage,
} from './netlink-encoding.ts';

const PACKET_HEADER = { type: 1, value: [...big16(0x0800), 2, 0] };
const PREFIX = { type: 10, value: [0] };
const PAYLOAD = { type: 9, value: [0x45, 0, 0, 21, 9] };
const WHOLE = encodeLogMessage([PACKET_HEADER, { type: 4, value: big32(3) }, PREFIX, PAYLOAD]);

function read(bytes: Uint8Array, end = bytes.length) {
  const packet = { bytes, start: -1, end: -1 };
  const kind = readLogMessage(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), end, packet);
  return { kind, packet, payload: [...bytes.subarray(packet.start, packet.end)] };
}

it('binding asks for the group, for so much of each packet, and for every packet at once, alone', () => {
  expect(decodeMessages(bindLogMessage(0x0102, 7, 0x10203))).toEqual([
    {
      type: 0x0401,
      flags: 5,
      sequence: 7,
      family: 0,
      queue: 0x0102,
      attributes: [
        { type: 1, value: [1] },
        { type: 2, value: [0, 1, 2, 3, 2, 0] },
        { type: 3, value: big32(64) },
        { type: 5, value: big32(1) },
      ],
    },
  ]);
});

describe('a copy of a packet', () => {
  it('is found whatever stands in front of it and behind it', () => {
    const others = fc.array(
      fc.record({
        type: fc.integer({ min: 10, max: 0x3fff }),
        value: fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 40 }),
      }),
    );
    fc.assert(
      fc.property(others, others, (before, after) => {
        const bytes = encodeLogMessage([...before, PAYLOAD, ...after]);
        expect(read(bytes)).toMatchObject({ kind: 'packet', payload: PAYLOAD.value });
      }),
    );
  });

  it('is found where the top bits of its type are set', () => {
    const bytes = encodeLogMessage([PACKET_HEADER, { ...PAYLOAD, type: 0xc000 | PAYLOAD.type }]);
    expect(read(bytes)).toMatchObject({ kind: 'packet', payload: PAYLOAD.value });
  });

  it('cut anywhere is none', () => {
    for (let end = 0; end < WHOLE.length; end += 1) expect(read(WHOLE, end).kind, `cut at ${end}`).toBe('malformed');
    expect(read(WHOLE)).toMatchObject({ kind: 'packet', payload: PAYLOAD.value });
  });

  it.each([
    ['without a payload', encodeLogMessage([PACKET_HEADER, PREFIX])],
    ['with nothing in it', encodeLogMessage([])],
    ['of a queue', encodePacketMessage([{ type: 9, value: [1] }])],
    ['of another kind', encodeMessage(0x0401, 0, [2, 0, 0, 0])],
  ])('%s is none', (_, bytes) => {
    expect(read(bytes).kind).toBe('malformed');
  });
});

it('an answer is told apart', () => {
  expect(read(encodeAnswer(1, 16)).kind).toBe('answer');
});

describe('whatever bytes arrive', () => {
  const expectWithin = (bytes: Uint8Array, end: number): void => {
    const { kind, packet } = read(bytes, end);
    if (end > bytes.length) expect(kind).toBe('malformed');
    if (kind !== 'packet') return;
    expect(packet.start).toBeGreaterThanOrEqual(24);
    expect(packet.end).toBeGreaterThanOrEqual(packet.start);
    expect(packet.end).toBeLessThanOrEqual(end);
  };

  it('are read without a throw and without a look outside', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(220), expectWithin), { numRuns: 3000 });
  });

  it('in a copy with spoilt bytes, are a packet only when it lies inside, and nothing behind the end counts', () => {
    const spoil = fc.tuple(fc.nat(WHOLE.length - 1), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(spoil, { maxLength: 4 }), fc.nat(WHOLE.length), fc.nat(255), (spoilt, end, filler) => {
        const bytes = WHOLE.slice();
        for (const [at, value] of spoilt) bytes[at] = value;
        expectWithin(bytes, end);
        const { kind, payload } = read(bytes, end);
        expect(read(bytes.slice().fill(filler, end), end)).toMatchObject({ kind, payload });
      }),
      { numRuns: 5000 },
    );
  });
});
