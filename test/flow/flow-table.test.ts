import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FlowTable } from '../../src/flow/flow-table.ts';
import type { PacketParts } from '../packet/build-packet.ts';
import { keyOf, readInto } from './key-of.ts';

const A = { source: '192.0.2.1', destination: '198.51.100.7', sourcePort: 1000, destinationPort: 80 };
const turned = (parts: PacketParts): PacketParts => ({
  ...parts,
  source: parts.destination,
  destination: parts.source,
  sourcePort: parts.destinationPort ?? 0,
  destinationPort: parts.sourcePort ?? 0,
});

it.each([
  ['IPv4', A],
  ['IPv6', { ...A, source: '2001:db8::9', destination: '2001:db8::7' }],
  ['equal addresses', { ...A, destination: A.source }],
])('both directions of a flow have one key over %s', (_name, parts) => {
  const there = keyOf(parts);
  const back = keyOf(turned(parts));
  expect(back.words).toEqual(there.words);
  expect(back.hash).toBe(there.hash);
  expect(back.fromFirst).toBe(!there.fromFirst);
});

it('flows that differ in one port, address, protocol or IP version have different keys', () => {
  const others = [
    { ...A, sourcePort: 1001 },
    { ...A, destinationPort: 81 },
    { ...A, source: '192.0.2.2' },
    { ...A, protocol: 17 },
    { ...A, source: '::c000:201', destination: '::c633:6407' },
  ];
  for (const other of others) expect(keyOf(other).words).not.toEqual(keyOf(A).words);
});

it('a key that was read of one family and then of the other is found as if it were new', () => {
  const v6 = { ...A, source: '2001:db8::9', destination: '2001:db8::7' };
  const table = new FlowTable<string>();
  const key = keyOf(v6);
  table.add(key, 'IPv6');
  readInto(key, A);
  expect(key.hash).toBe(keyOf(A).hash);
  expect(table.get(key)).toBeUndefined();
  table.add(key, 'IPv4');
  expect([table.get(keyOf(A)), table.get(keyOf(v6))]).toEqual(['IPv4', 'IPv6']);
  readInto(key, v6);
  expect(table.get(key)).toBe('IPv6');
});

it.each([1, 4] as const)(
  'a table finds what was added and not yet removed, as a plain map does, with %i buckets a slot',
  (bucketsPerSlot) => {
    const step = fc.record({ port: fc.integer({ min: 1, max: 3000 }), add: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 4000, minLength: 2000 }), (steps) => {
        const table = new FlowTable<number>(bucketsPerSlot);
        const slots = new Map<number, number>();
        for (const { port, add } of steps) {
          const key = keyOf({ ...A, sourcePort: port });
          expect(table.get(key)).toBe(slots.has(port) ? port : undefined);
          const slot = slots.get(port);
          if (add && slot === undefined) {
            slots.set(port, table.add(key, port));
          } else if (!add && slot !== undefined) {
            table.remove(slot);
            slots.delete(port);
          }
          expect(table.size).toBe(slots.size);
        }
        expect([...table.values()].sort((a, b) => a - b)).toEqual([...slots.keys()].sort((a, b) => a - b));
      }),
      { numRuns: 5 },
    );
  },
);
