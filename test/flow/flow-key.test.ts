import fc from 'fast-check';
import { expect, it } from 'vitest';
import { keyOf } from './key-of.ts';

const PHONE = 'fd00::1:2';

function hashOf(seed: number, source: string): number {
  return keyOf({ source, destination: '2001:db8::5', sourcePort: 40_000, destinationPort: 80 }, seed).hash;
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
