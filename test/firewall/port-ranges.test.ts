import fc from 'fast-check';
import { expect, test } from 'vitest';
import { portRanges } from '../../src/firewall/port-ranges.ts';

test('ranges hold exactly the ports they were made of, ascending and never touching', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 65_535 }))), (ports) => {
      const ranges = portRanges(ports);
      const held = ranges.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, i) => from + i));
      expect(held).toEqual([...new Set(ports)].sort((a, b) => a - b));
      ranges.slice(1).forEach((range, i) => {
        expect(range.from).toBeGreaterThan(ranges[i]!.to + 1);
      });
    }),
  );
});
