import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ExtensionTypes } from '../../../src/dissect/client-hello/extension-types.ts';

it('holds what was added and nothing else, as a plain set does', () => {
  const type = fc.oneof(fc.integer({ min: 0, max: 70 }), fc.integer({ min: 0, max: 0xffff }));
  fc.assert(
    fc.property(fc.uniqueArray(type), fc.array(type), (added, asked) => {
      const types = new ExtensionTypes();
      const expected = new Set<number>();
      for (const one of added) {
        expect(types.has(one)).toBe(false);
        types.add(one);
        expected.add(one);
      }
      expect(types.count).toBe(expected.size);
      for (const one of [...added, ...asked, ...added.map((each) => each ^ 32)]) {
        expect(types.has(one), `${one}`).toBe(expected.has(one));
      }
    }),
  );
});
