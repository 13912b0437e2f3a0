import { expect, test } from 'vitest';
import { type Demand, Demands } from '../../src/classify/demand.ts';
import { knownPorts } from '../../src/classify/port-range.ts';
import { type Rule, ruleId } from '../../src/classify/rule.ts';

const APPS = ['http', 'tls'] as const;
const WEB = knownPorts(80, 443);
const TEN: Rule['addresses'] = [{ bytes: [10, 0, 0, 0], bits: 8 }];

function rule(given: Partial<Rule>): Rule {
  const plain = { apps: APPS, names: [], ports: WEB, addresses: [], paths: [] };
  return { id: ruleId('r'), ...plain, knownFrom: 'test', file: 'test', line: 1, ...given };
}

function demandsOf(rules: readonly Rule[]): readonly (Demand | undefined)[] {
  const demands = new Demands(rules);
  return rules.map((_, place) => demands.of(place));
}

test('rules that ask the same share what they ask, one after the other, apart, and written anew', () => {
  const other = rule({ ports: knownPorts(8080) });
  const [first, ...more] = demandsOf([rule({}), rule({}), other, rule({}), rule({ apps: [...APPS], ports: [...WEB] })]);
  expect(more.map((demand) => demand === first)).toEqual([true, false, true, true]);
});

test.each<[string, Partial<Rule>]>([
  ['protocols', { apps: ['http'] }],
  ['no protocol in particular', { apps: 'any' }],
  ['ports', { ports: knownPorts('tcp/80', 443) }],
  ['addresses', { addresses: TEN }],
  ['paths', { paths: [{ kind: 'exact', path: '/' }] }],
])('a rule with other %s keeps its own', (_, given) => {
  const [one, other, again] = demandsOf([rule({}), rule(given), rule({})]);
  expect(other).not.toBe(one);
  expect(again).toBe(one);
  expect(other).toMatchObject({
    apps: given.apps ?? APPS,
    ports: given.ports ?? WEB,
    paths: given.paths ?? [],
    addresses: given.addresses === undefined ? null : expect.anything(),
  });
});

test.each([[1], [256], [257], [1_000]])('%i different demands are told apart', (count) => {
  const rules = Array.from({ length: count }, (_, i) => rule({ ports: knownPorts(i + 1) }));
  const found = demandsOf([...rules, ...rules]);
  expect(found.map((demand) => demand?.ports)).toEqual([...rules, ...rules].map(({ ports }) => ports));
  expect(new Set(found).size).toBe(count);
});

test('where there is no rule nothing is asked', () => {
  expect(new Demands([]).of(0)).toBeUndefined();
  expect(new Demands([rule({})]).of(1)).toBeUndefined();
});
