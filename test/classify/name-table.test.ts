import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EMPTY_NAME, inFront, spread, stateOf } from '../../src/classify/name-hash.ts';
import { ABSENT, NameTable } from '../../src/classify/name-table.ts';
import { anyName } from './names.ts';

/** Every name in one row's reach, in few, and as in earnest. 0 is what untouched rows hold, −1 every bit of a hash. */
const HASHES: readonly (readonly [string, (state: number) => number])[] = [
  ['always 0', () => 0],
  ['always -1', () => -1],
  ['one of four', (state) => state & 3],
  ['spread', spread],
];

describe.each(HASHES)('with a hash that is %s', (_, hash) => {
  test('a table holds what a Map of the same names holds', () => {
    fc.assert(
      fc.property(fc.array(anyName, { maxLength: 30 }), fc.array(anyName, { maxLength: 30 }), (names, others) => {
        const last = new Map(names.map((name, nth) => [name, nth]));
        const table = new NameTable(names, (nth) => nth, hash);
        expect(table.isEmpty).toBe(names.length === 0);
        for (const name of [...names, ...others]) {
          expect(table.find(name, 0, stateOf(name)), name).toBe(last.get(name) ?? ABSENT);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('an ending is found where it stands, by the state the pass over the name is in', () => {
    fc.assert(
      fc.property(fc.array(anyName, { maxLength: 30 }), anyName, (names, name) => {
        const last = new Map(names.map((one, nth) => [one, nth]));
        const table = new NameTable(names, (nth) => nth, hash);
        let state = EMPTY_NAME;
        for (let from = name.length; from >= 0; from--) {
          expect(table.find(name, from, state)).toBe(last.get(name.slice(from)) ?? ABSENT);
          state = inFront(state, name.charCodeAt(from - 1));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('a name that comes again is told what it had', () => {
    const told: number[] = [];
    const table = new NameTable(
      ['a', 'b', 'a', '', 'a', ''],
      (nth, before) => {
        told.push(before);
        return nth * 10;
      },
      hash,
    );
    expect(told).toEqual([ABSENT, ABSENT, 0, ABSENT, 20, 30]);
    expect(['a', 'b', '', 'c'].map((name) => table.find(name, 0, stateOf(name)))).toEqual([40, 10, 50, ABSENT]);
  });
});

test('names as in a long list lie close to where their hash says', () => {
  const rows = 2 ** 18;
  const taken = new Uint8Array(rows);
  let furthest = 0;
  for (let i = 0; i < 100_000; i++) {
    const wanted = spread(stateOf(`host-${i}.example.cn`)) & (rows - 1);
    let row = wanted;
    while (taken[row] === 1) row = (row + 1) & (rows - 1);
    taken[row] = 1;
    furthest = Math.max(furthest, (row - wanted + rows) % rows);
  }
  expect(furthest).toBeLessThan(40);
});
