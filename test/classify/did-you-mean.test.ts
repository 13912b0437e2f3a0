import { expect, test } from 'vitest';
import { didYouMean, nearest } from '../../src/classify/did-you-mean.ts';

const known = ['wechat', 'wechat/text', 'qq', 'connectivity-check', 'push', 'nft', 'iptables'];

test.each([
  ['wecaht', 'wechat'],
  ['wechta/text', 'wechat/text'],
  ['q', null],
  ['qqq', 'qq'],
  ['connectivity', 'connectivity-check'],
  ['nftables', 'nft'],
  ['telegram', null],
  ['', null],
])('%j is near %j', (written, meant) => {
  expect(nearest(written, known)).toBe(meant);
});

test('without a near one it says what there is', () => {
  expect(didYouMean('zzzz', ['a', 'b'])).toBe('there is: a, b');
});
