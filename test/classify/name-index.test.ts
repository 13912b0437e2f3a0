import { expect, test } from 'vitest';
import { nameIndex, remembering } from '../../src/classify/name-index.ts';
import type { NamePattern } from '../../src/classify/name-pattern.ts';

test('every rule that names a host is found once, in order', () => {
  const find = nameIndex([
    [{ kind: 'below', name: 'cn' }],
    [
      { kind: 'exact', name: 'a.cn' },
      { kind: 'expression', source: '^a' },
    ],
    [],
    [{ kind: 'expression', source: 'CN$' }],
  ]);
  expect(find('a.cn')).toEqual([0, 1, 3]);
  expect(find('cn')).toEqual([3]);
  expect(find('ab.com')).toEqual([1]);
  expect(find('b.com')).toEqual([]);
});

test('a flood of names is forgotten again', () => {
  let asked = 0;
  const answer = {};
  const ask = remembering(() => {
    asked++;
    return answer;
  }, 10);
  for (let i = 0; i < 1_000; i++) ask(`flood-${i}`);
  for (let i = 0; i < 5; i++) ask('flood-999');
  expect(asked).toBe(1_000);
  ask('flood-0');
  expect(asked).toBe(1_001);
});

test('an expression that would hang others is answered at once', () => {
  const greedy: NamePattern = { kind: 'expression', source: '^(a+)+$' };
  const find = nameIndex([[greedy]]);
  const before = performance.now();
  expect(find(`${'a'.repeat(250)}!`)).toEqual([]);
  expect(performance.now() - before).toBeLessThan(500);
});
