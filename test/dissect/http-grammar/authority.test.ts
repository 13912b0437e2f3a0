import { expect, test } from 'vitest';
import { readAuthority } from '../../../src/dissect/http-grammar/authority.ts';
import { never } from '../../../src/dissect/outcome.ts';

test.each([
  ['short.weixin.qq.com', 'short.weixin.qq.com', false],
  ['Short.WeiXin.QQ.com', 'short.weixin.qq.com', false],
  ['short.weixin.qq.com.', 'short.weixin.qq.com', false],
  ['short.weixin.qq.com:8080', 'short.weixin.qq.com', false],
  ['short.weixin.qq.com.:65535', 'short.weixin.qq.com', false],
  ['a_b.example', 'a_b.example', false],
  ['1.2.3.4.example', '1.2.3.4.example', false],
  ['localhost', 'localhost', false],
  ['a.'.repeat(127), 'a.'.repeat(127).slice(0, -1), false],
  ['203.0.113.9', '203.0.113.9', true],
  ['203.0.113.9:80', '203.0.113.9', true],
  ['[2001:DB8:0:0::1]', '2001:db8::1', true],
  ['[2001:db8::1]:443', '2001:db8::1', true],
])('%j names %s', (text, name, isAddress) => {
  expect(readAuthority(text)).toEqual({ kind: 'host', name, isAddress });
});

test.each([
  ['', 'http-host-empty', 'RFC 9112 §3.2'],
  [':80', 'http-host-empty', 'RFC 9110 §4.2.1'],
  ['user@a.example', 'http-host-userinfo', 'RFC 9110 §4.2.4'],
  ['a.example@b.example', 'http-host-userinfo', 'RFC 9110 §4.2.4'],
  ['a.example, b.example', 'http-host-character', 'RFC 9112 §3.2'],
  ['a.example/', 'http-host-character', 'RFC 3986 §3.2.2'],
  ['a%2eexample', 'http-host-character', 'RFC 3986 §3.2.2'],
  ['\xe5\xbe\xae.example', 'http-host-character', 'RFC 3986 §3.2.2'],
  ["a'b.example", 'http-host-character', 'RFC 3986 §3.2.2'],
  ['a.example:', 'http-host-port', 'RFC 3986 §3.2.3'],
  ['a.example:0', 'http-host-port', 'RFC 3986 §3.2.3'],
  ['a.example:080', 'http-host-port', 'RFC 3986 §3.2.3'],
  ['a.example:65536', 'http-host-port', 'RFC 3986 §3.2.3'],
  ['a.example:80:80', 'http-host-port', 'RFC 3986 §3.2.3'],
  ['a.example:80@b.example', 'http-host-userinfo', 'RFC 9110 §4.2.4'],
  ['a..example', 'http-host-malformed', 'RFC 1035 §3.1'],
  ['.a.example', 'http-host-malformed', 'RFC 1035 §3.1'],
  ['a.example..', 'http-host-malformed', 'RFC 1035 §3.1'],
  ['.', 'http-host-malformed', 'RFC 1035 §3.1'],
  [`${'a'.repeat(64)}.example`, 'http-host-malformed', 'RFC 1035 §2.3.4'],
  [`${'a.'.repeat(127)}b`, 'http-host-malformed', 'RFC 1035 §2.3.4'],
  ['127.1', 'http-host-malformed', 'RFC 3986 §7.4'],
  ['2130706433', 'http-host-malformed', 'RFC 3986 §7.4'],
  ['0x7f000001', 'http-host-malformed', 'RFC 3986 §7.4'],
  ['0177.0.0.1', 'http-host-malformed', 'RFC 3986 §7.4'],
  ['1.2.3.256', 'http-host-malformed', 'RFC 3986 §7.4'],
  ['1.2.3.4.5', 'http-host-malformed', 'RFC 3986 §7.4'],
  ['a.example.1', 'http-host-malformed', 'RFC 3986 §7.4'],
  ['[::1', 'http-host-character', 'RFC 3986 §3.2.2'],
  ['[fe80::1%25eth0]', 'http-host-character', 'RFC 6874'],
  ['[v1.a]', 'http-host-character', 'RFC 3986 §3.2.2'],
  ['[]', 'http-host-malformed', 'RFC 3986 §3.2.2'],
  ['[1.2.3.4]', 'http-host-malformed', 'RFC 3986 §3.2.2'],
  ['[::1]x', 'http-host-character', 'RFC 3986 §3.2.2'],
  ['2001:db8::1', 'http-host-port', 'RFC 3986 §3.2.2'],
])('%j is denied as %s (%s)', (text, code) => {
  expect(readAuthority(text)).toEqual(never(code));
});

test('a long row of colons is no work', () => {
  const started = performance.now();
  expect(readAuthority(`[${':'.repeat(16_000)}]`)).toEqual(never('http-host-malformed'));
  expect(readAuthority(`${'a-'.repeat(8_000)}!`)).toEqual(never('http-host-character'));
  expect(performance.now() - started).toBeLessThan(100);
});
