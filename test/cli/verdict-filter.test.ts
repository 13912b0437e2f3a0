import { describe, expect, test } from 'vitest';
import { canonicalAddress, isFiltering, matches, type VerdictFilter } from '../../src/cli/verdict-filter.ts';
import type { LoggedVerdict } from '../../src/log/eve-reader.ts';

const VERDICT: LoggedVerdict = {
  atMs: 0,
  action: 'allow',
  client: '2001:db8::9',
  clientPort: 1,
  server: '192.0.2.1',
  serverPort: 443,
  name: 'short.weixin.example',
  app: 'tls',
  rule: 'wechat/text/short',
  reason: 'allowed-by-rule',
  count: 1,
};

describe('a filter', () => {
  test.each<[Partial<VerdictFilter>, boolean]>([
    [{}, true],
    [{ actions: ['allow'] }, true],
    [{ actions: ['drop'] }, false],
    [{ actions: ['drop', 'allow'] }, true],
    [{ host: 'WEIXIN' }, true],
    [{ host: '192.0.2' }, true],
    [{ host: 'qq' }, false],
    [{ client: '2001:db8::9' }, true],
    [{ client: '2001:db8::8' }, false],
    [{ rule: 'text/' }, true],
    [{ rule: 'by-rule' }, true],
    [{ rule: 'media' }, false],
    [{ host: 'weixin', rule: 'media' }, false],
  ])('%o takes it: %s', (filter, expected) => {
    expect(matches(VERDICT, { actions: [], ...filter })).toBe(expected);
    expect(isFiltering({ actions: [], ...filter })).toBe(Object.keys(filter).length > 0);
  });

  test.each([
    ['2001:DB8:0:0::9', '2001:db8::9'],
    ['10.0.0.9', '10.0.0.9'],
    ['::ffff:10.0.0.9', '10.0.0.9'],
    ['phone', null],
  ])('knows %s as %s', (text, canonical) => {
    expect(canonicalAddress(text)).toBe(canonical);
  });
});
