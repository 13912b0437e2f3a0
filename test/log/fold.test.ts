import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { VerdictRecord } from '../../src/judge/verdict-record.ts';
import { DenialFold } from '../../src/log/fold.ts';
import { recordWith, ruleId } from './verdict-records.ts';

const START_MS = 1_700_000_000_000;

function folding(maxDenials = 100) {
  const emitted: { flowId: number; count: number }[] = [];
  const fold = new DenialFold(({ flowId }, count) => emitted.push({ flowId, count }), 60_000, maxDenials);
  const deny = (flowId: number, afterMs: number, changes: Partial<VerdictRecord> = {}): void =>
    fold.add(recordWith({ flowId, ...changes }), START_MS + afterMs);
  return { emitted, fold, deny };
}

describe('repeats of a denial', () => {
  test('are one line when their minute is over, after the first that came at once', () => {
    const { emitted, fold, deny } = folding();
    deny(1, 0);
    expect(emitted).toEqual([{ flowId: 1, count: 1 }]);
    deny(2, 100);
    deny(3, 59_999);
    fold.closeExpired(START_MS + 59_999);
    expect(emitted).toHaveLength(1);
    fold.closeExpired(START_MS + 60_000);
    expect(emitted).toEqual([
      { flowId: 1, count: 1 },
      { flowId: 3, count: 2 },
    ]);
  });

  test('that never came leave no line', () => {
    const { emitted, fold, deny } = folding();
    deny(1, 0);
    fold.closeExpired(START_MS + 60_000);
    fold.closeAll();
    expect(emitted).toHaveLength(1);
  });

  test('begin anew after the minute, even if nobody closed it', () => {
    const { emitted, deny } = folding();
    deny(1, 0);
    deny(2, 1);
    deny(3, 60_000);
    expect(emitted).toEqual([
      { flowId: 1, count: 1 },
      { flowId: 2, count: 1 },
      { flowId: 3, count: 1 },
    ]);
  });

  test('are written out at shutdown', () => {
    const { emitted, fold, deny } = folding();
    deny(1, 0);
    deny(2, 1);
    fold.closeAll();
    fold.closeAll();
    expect(emitted).toEqual([
      { flowId: 1, count: 1 },
      { flowId: 2, count: 1 },
    ]);
  });

  const nameless = { facts: null };
  const nameEmpty = { facts: { app: 'tls', name: '', ech: false } } as const;
  test.each<[string, Partial<VerdictRecord>, Partial<VerdictRecord>]>([
    ['client', {}, { addresses: Uint8Array.of(10, 0, 0, 8, 192, 0, 2, 1) }],
    ['server', {}, { addresses: Uint8Array.of(10, 0, 0, 9, 192, 0, 2, 2) }],
    ['port', {}, { destinationPort: 80 }],
    ['protocol', {}, { protocol: 17 }],
    ['name', {}, { facts: { app: 'tls', name: 'other.example', ech: false } }],
    ['having a name', {}, nameless],
    ['having no name or an empty one', nameless, nameEmpty],
    ['reason', {}, { reason: 'no-rule' }],
  ])('are none if they differ in %s', (_, one, other) => {
    const { emitted, deny } = folding();
    deny(1, 0, one);
    deny(2, 1, other);
    expect(emitted).toHaveLength(2);
  });

  test.each<[string, Partial<VerdictRecord>]>([
    ['client port', { sourcePort: 1 }],
    ['interface', { inInterface: 'wlan1' }],
    ['hardware address', { addresses: Uint8Array.of(10, 0, 0, 9, 192, 0, 2, 1) }],
  ])('are repeats though they differ in %s', (_, changes) => {
    const { emitted, deny } = folding();
    deny(1, 0);
    deny(2, 1, changes);
    expect(emitted).toHaveLength(1);
  });

  test('may come a little out of order', () => {
    const { emitted, deny } = folding();
    deny(1, 10);
    deny(2, 0);
    expect(emitted).toHaveLength(1);
  });

  test('are closed even behind a window that opened later', () => {
    const { emitted, deny } = folding();
    deny(1, 50_000, { destinationPort: 1 });
    deny(2, 0);
    deny(3, 1);
    deny(4, 61_000);
    expect(emitted.map(({ flowId }) => flowId)).toEqual([1, 2, 3, 4]);
  });

  test('are never made of what is allowed', () => {
    const { emitted, deny } = folding();
    const allowed = { action: 'allow', rule: ruleId('a/b') } as const;
    deny(1, 0, allowed);
    deny(2, 0, allowed);
    expect(emitted).toHaveLength(2);
  });

  test('take no more room than there is: the oldest is written out first', () => {
    const { emitted, deny } = folding(2);
    deny(1, 0, { destinationPort: 1 });
    deny(2, 1, { destinationPort: 1 });
    deny(3, 2, { destinationPort: 2 });
    deny(4, 3, { destinationPort: 3 });
    expect(emitted.map(({ flowId }) => flowId)).toEqual([1, 3, 2, 4]);
  });

  test('do not hang when time jumps back', () => {
    const { emitted, deny } = folding();
    deny(1, 1e9);
    deny(2, 1e9);
    deny(3, 0);
    expect(emitted.map(({ flowId }) => flowId)).toEqual([1, 2, 3]);
  });

  test('are all counted, once, in whatever order they come', () => {
    const verdict = fc.record({
      destinationPort: fc.integer({ min: 1, max: 4 }),
      atMs: fc.nat(200_000),
      action: fc.constantFrom('allow' as const, 'drop' as const),
    });
    fc.assert(
      fc.property(
        fc.array(verdict, { maxLength: 40, size: 'max' }),
        fc.integer({ min: 1, max: 4 }),
        (verdicts, maxDenials) => {
          const counts = new Map<number, number>();
          const fold = new DenialFold(
            ({ destinationPort }, count) => counts.set(destinationPort, (counts.get(destinationPort) ?? 0) + count),
            60_000,
            maxDenials,
          );
          const expected = new Map<number, number>();
          for (const changes of verdicts) {
            fold.add(recordWith(changes), changes.atMs);
            expected.set(changes.destinationPort, (expected.get(changes.destinationPort) ?? 0) + 1);
          }
          fold.closeAll();
          expect(counts).toEqual(expected);
        },
      ),
    );
  });
});
