import { expect, test } from 'vitest';
import { formatName, parseHost } from '../../src/classify/name-pattern.ts';

test.each([
  ['example.cn', 'exact', 'example.cn'],
  ['EXAMPLE.cn.', 'exact', 'example.cn'],
  ['*.example.cn', 'below', 'example.cn'],
  ['_dmarc.a-b.cn', 'exact', '_dmarc.a-b.cn'],
  ['localhost', 'exact', 'localhost'],
  ['bücher.example', 'exact', 'xn--bcher-kva.example'],
  ['*.例子.cn', 'below', 'xn--fsqu00a.cn'],
])('%s is %s %s', (text, kind, name) => {
  expect(parseHost(text)).toEqual({ kind, name });
});

test.each([
  '',
  '.',
  '*',
  '*.',
  '*.cn',
  '**.example.cn',
  'a..b',
  '-a.cn',
  'a-.cn',
  'a b.cn',
  'a/b',
  'a.cn/24',
  '[::1]',
  '2001:db8::1',
  '192.0.2.1',
  'http://a.cn',
  'a.cn:80',
  `${'a'.repeat(64)}.cn`,
  `${'a.'.repeat(127)}cn`,
  '^a\\.cn$',
  'a%2e.cn',
])('%j is no host', (text) => {
  expect(parseHost(text)).toMatchObject({ kind: 'fault' });
});

test('a pattern is written as it is read', () => {
  for (const text of ['example.cn', '*.example.cn']) {
    const pattern = parseHost(text);
    expect(pattern.kind === 'fault' ? null : formatName(pattern)).toBe(text);
  }
});
