import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readMessage } from '../../src/netfilter-queue/packet-message.ts';
import { emptyPacket } from '../../src/netfilter-queue/queued-packet.ts';
import { writtenPacketMessage } from '../../src/netfilter-queue/written-packet-message.ts';

const word = fc.integer({ min: 0, max: 0xffffffff });

test('a message that is written is read as what it was written from', () => {
  const told = fc.record({
    id: word,
    mark: word,
    priority: word,
    protocol: fc.constantFrom(0x0800, 0x86dd),
    hook: fc.integer({ min: 0, max: 4 }),
    inIndex: word,
    outIndex: word,
    checksumReady: fc.boolean(),
  });
  const address = fc.uint8Array({ minLength: 6, maxLength: 6 });
  fc.assert(
    fc.property(told, address, fc.uint8Array({ maxLength: 100 }), (fields, hardwareAddress, payload) => {
      const bytes = writtenPacketMessage(fields, hardwareAddress, payload);
      const packet = emptyPacket(bytes);
      expect(readMessage(new DataView(bytes.buffer), 0, bytes.length, packet)).toBe('packet');
      expect(packet).toMatchObject({ ...fields, originalBytes: payload.length, aggregated: false });
      expect(bytes.subarray(packet.start, packet.end)).toEqual(payload);
      expect(bytes.subarray(packet.hardwareAddressStart, packet.hardwareAddressEnd)).toEqual(hardwareAddress);
    }),
  );
});
