import { expect, test } from 'vitest';
import { readRequestTarget } from '../../../src/dissect/http-grammar/request-target.ts';
import { never } from '../../../src/dissect/outcome.ts';

test.each([
  ['GET', '/', '/', null],
  ['POST', '/cgi-bin/micromsg-bin/x?y=http://z', '/cgi-bin/micromsg-bin/x?y=http://z', null],
  ['GET', '//cgi-bin/x', '//cgi-bin/x', null],
  ['GET', '/a//b.c/', '/a//b.c/', null],
  ['OPTIONS', '*', '*', null],
  ['POST', 'http://Short.Weixin.qq.com:80/cgi?q', '/cgi?q', 'short.weixin.qq.com'],
  ['GET', 'http://a.example', '/', 'a.example'],
  ['GET', 'http://a.example?q', '/?q', 'a.example'],
])('%s %s asks for %s', (method, target, path, name) => {
  expect(readRequestTarget(method, target)).toEqual({
    kind: 'target',
    path,
    host: name === null ? null : { kind: 'host', name, isAddress: false },
  });
});

test.each([
  ['GET', '*', 'http-target-form', 'RFC 9112 §3.2.4'],
  ['GET', 'a.example:443', 'http-target-form', 'RFC 9112 §3.2.3'],
  ['GET', 'https://a.example/', 'http-target-form', 'RFC 9110 §4.2.2'],
  ['GET', 'ftp://a.example/', 'http-target-form', 'RFC 9112 §3.2.2'],
  ['GET', '?q', 'http-target-form', 'RFC 9112 §3.2.1'],
  ['GET', '//b.example/', 'http-target-ambiguous', 'RFC 3986 §4.2'],
  ['GET', '//b:80/', 'http-target-ambiguous', 'RFC 3986 §4.2'],
  ['GET', '///b.example/', 'http-target-ambiguous', 'RFC 3986 §4.2'],
  ['GET', 'http://a.example//b.example/', 'http-target-ambiguous', 'RFC 3986 §4.2'],
  ['GET', 'http:///b.example/', 'http-host-empty', 'RFC 9110 §4.2.1'],
  ['GET', 'http://u@a.example/', 'http-host-userinfo', 'RFC 9110 §4.2.4'],
])('%s %s is denied as %s (%s)', (method, target, code) => {
  expect(readRequestTarget(method, target)).toEqual(never(code));
});
