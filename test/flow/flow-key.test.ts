import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FlowKey } from '../../src/flow/flow-key.ts';
import { Packet, readPacket } from '../../src/packet/packet.ts';
import { buildPacket } from '../packet/build-packet.ts';

const PHONE = 'fd00::1:2';

function hashOf(seed: number, source: string): number {
  const bytes = buildPacket({ source, destination: '2001:db8::5', sourcePort: 40_000, destinationPort: 80 });
  const packet = new Packet();
  readPacket(bytes, 0, bytes.length, packet);
  const key = new FlowKey(seed);
  key.read(packet);
  return key.hash;
}

/** An address in the same network, whose last two words bring MurmurHash3 to the same state, whatever the seed. */
const TWIN = 'fd00::6c82:a158:c450:2';

it('a phone cannot choose two addresses whose flows share a hash under every seed', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      expect(hashOf(seed, TWIN)).not.toBe(hashOf(seed, PHONE));
    }),
  );
});
