import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placesOf } from '../../src/classify/matching.ts';
import { nameIndex } from '../../src/classify/name-index.ts';
import type { NamePattern } from '../../src/classify/name-pattern.ts';
import { anyName } from './names.ts';
import { nameFits } from './oracle.ts';

/** Every matching rule's place. */
function searchIn(
  patterns: readonly (readonly NamePattern[])[],
): (name: string) => Record<'listed' | 'expressed', readonly number[]> {
  const index = nameIndex(patterns);
  return (name) => ({ listed: placesOf(index.listed(name)), expressed: placesOf(index.expressed(name)) });
}

const inTable: fc.Arbitrary<NamePattern> = fc.record({ kind: fc.constantFrom('exact', 'below'), name: anyName });
const anywhere: fc.Arbitrary<NamePattern> = fc.oneof(
  { weight: 9, arbitrary: inTable },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('^a', 'cn$', '^b\\.', '^$')
      .map((source): NamePattern => ({ kind: 'expression', source })),
  },
);

test.each([
  ['names and domains', inTable],
  ['expressions too', anywhere],
])('%s: the index finds what asking every pattern finds', (_, pattern) => {
  const rules = fc.array(fc.array(pattern, { maxLength: 4 }), { maxLength: 40 });
  fc.assert(
    fc.property(rules, fc.array(anyName, { maxLength: 20 }), (patterns, others) => {
      const find = searchIn(patterns);
      const own = patterns.flat().flatMap((one) => (one.kind === 'expression' ? [] : [one.name]));
      // Each name of the list itself, right below it, and with something in front that is no label.
      for (const name of [...others, ...own, ...own.map((one) => `a.${one}`), ...own.map((one) => `b${one}`)]) {
        const fitting = (isExpression: boolean) =>
          patterns.flatMap((ofRule, rule) =>
            ofRule.some((one) => (one.kind === 'expression') === isExpression && nameFits(one, name)) ? [rule] : [],
          );
        expect(find(name), name).toEqual({ listed: fitting(false), expressed: fitting(true) });
      }
    }),
    { numRuns: 300 },
  );
});

test('no rules match no name', () => {
  for (const name of ['', '.', 'a.cn']) expect(searchIn([])(name)).toEqual({ listed: [], expressed: [] });
});

test('a name in one rule is answered without a list, in many with always the same', () => {
  const many: readonly NamePattern[] = [{ kind: 'exact', name: 'many.cn' }];
  const { listed: find } = nameIndex([
    [{ kind: 'exact', name: 'one.cn' }],
    ...Array.from({ length: 1_000 }, () => many),
  ]);
  expect(find('one.cn')).toBe(0);
  expect(find('many.cn')).toEqual(Array.from({ length: 1_000 }, (_, i) => i + 1));
  expect(find('many.cn')).toBe(find('many.cn'));
});

test('every rule that names a host is found once, in order', () => {
  const find = searchIn([
    [{ kind: 'below', name: 'cn' }],
    [
      { kind: 'exact', name: 'a.cn' },
      { kind: 'expression', source: '^a' },
    ],
    [],
    [{ kind: 'expression', source: 'CN$' }],
  ]);
  expect(find('a.cn')).toEqual({ listed: [0, 1], expressed: [1, 3] });
  expect(find('cn')).toEqual({ listed: [], expressed: [3] });
  expect(find('ab.com')).toEqual({ listed: [], expressed: [1] });
  expect(find('b.com')).toEqual({ listed: [], expressed: [] });
});

test('an expression that would hang others is answered at once', () => {
  const greedy: NamePattern = { kind: 'expression', source: '^(a+)+$' };
  const find = searchIn([[greedy]]);
  const before = performance.now();
  expect(find(`${'a'.repeat(250)}!`).expressed).toEqual([]);
  expect(performance.now() - before).toBeLessThan(500);
});
