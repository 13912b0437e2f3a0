import { describe, expect, test } from 'vitest';
import { asciiBytes } from '../../../src/dissect/http-grammar/read.ts';
import { readRequestLine } from '../../../src/dissect/http-grammar/request-line.ts';
import { NOT_THIS, never } from '../../../src/dissect/outcome.ts';

const read = (text: string) => readRequestLine(asciiBytes(text));

test.each([
  ['GET / HTTP/1.1\r\n', { method: 'GET', target: '/', version: '1.1' }],
  ['POST /a?b=%20c|{d}[e]^`~ HTTP/1.0\r\n', { method: 'POST', target: '/a?b=%20c|{d}[e]^`~', version: '1.0' }],
  ['OPTIONS * HTTP/1.1\r\n', { method: 'OPTIONS', target: '*', version: '1.1' }],
])('reads %j', (line, value) => {
  expect(read(`${line}Host: a\r\n`)).toEqual({ kind: 'read', value, end: line.length });
});

describe('what cannot be a request line', () => {
  test.each([
    '\x16\x03\x01',
    '\x00',
    'get / HTTP/1.1',
    'GETS / HTTP/1.1',
    'GET\t/',
    'BREW / HTTP/1.1',
    'TRACE / HTTP/1.1',
    'HTTP/1.1 200',
  ])('is some other protocol: %j', (text) => {
    expect(read(text)).toEqual(NOT_THIS);
  });

  test.each([
    ['\r\nGET / HTTP/1.1\r\n', 'http-leading-blank-line', 'RFC 9112 §2.2'],
    ['\nGET / HTTP/1.1\r\n', 'http-leading-blank-line', 'RFC 9112 §2.2'],
    ['CONNECT ', 'http-connect', 'RFC 9112 §3.2.3'],
    ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'http-2-preface', 'RFC 9113 §3.4'],
    ['GET  / HTTP/1.1\r\n', 'http-target-missing', 'RFC 9112 §3'],
    ['GET /\tHTTP/1.1\r\n', 'http-target-character', 'RFC 9112 §3'],
    ['GET /\x00', 'http-target-character', 'RFC 3986 §2'],
    ['GET /\xe4', 'http-target-character', 'RFC 3986 §2'],
    ['GET /a#b HTTP/1.1\r\n', 'http-target-character', 'RFC 9110 §7.1'],
    ['GET /a\\b HTTP/1.1\r\n', 'http-target-character', 'RFC 3986 §2'],
    ['GET /\r\n', 'http-version-missing', 'RFC 9112 §3, HTTP/0.9'],
    ['GET /\n', 'http-bare-lf', 'RFC 9112 §2.2'],
    ['GET / HTTP/1.1\n', 'http-bare-lf', 'RFC 9112 §2.2'],
    ['GET / HTTP/1.1\rHost', 'http-bare-cr', 'RFC 9112 §2.2'],
    ['GET /  HTTP/1.1\r\n', 'http-version', 'RFC 9112 §3'],
    ['GET / x HTTP/1.1\r\n', 'http-version', 'RFC 9112 §3.2'],
    ['GET / HTTP/1.1 \r\n', 'http-version', 'RFC 9112 §3'],
    ['GET / HTTP/1.2\r\n', 'http-version', 'RFC 9112 §2.3'],
    ['GET / HTTP/1.10\r\n', 'http-version', 'RFC 9112 §2.3'],
    ['GET / HTTP/2.0\r\n', 'http-version', 'RFC 9112 §2.3'],
    ['GET / http/1.1\r\n', 'http-version', 'RFC 9112 §2.3'],
    ['OPTIONS rtsp://a RTSP/1.0\r\n', 'http-version', 'RFC 9112 §2.3'],
  ])('%j is %s (%s)', (text, code) => {
    expect(read(text)).toEqual(never(code));
  });
});

test('a line that may still become one is awaited, byte by byte', () => {
  const line = 'DELETE /x HTTP/1.1\r\n';
  for (let length = 0; length < line.length; length += 1) {
    expect(read(line.slice(0, length))).toEqual({ kind: 'more', atLeast: length + 1 });
  }
});
