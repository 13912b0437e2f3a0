import { describe, expect, test } from 'vitest';
import { asciiBytes } from '../../../src/dissect/http-grammar/read.ts';
import { maxHeadBytes, readRequestHead } from '../../../src/dissect/http-grammar/request-head.ts';
import { never } from '../../../src/dissect/outcome.ts';

const read = (text: string) => readRequestHead(asciiBytes(text));
const withFields = (...fields: string[]) => read(['POST /x HTTP/1.1', ...fields, '', ''].join('\r\n'));

test('a head is read up to its empty line', () => {
  const text = 'POST http://a.example/p?q HTTP/1.1\r\nHost: A.example:80\r\nContent-Length: 3\r\n\r\n';
  expect(read(`${text}abcGET`)).toMatchObject({
    kind: 'read',
    end: text.length,
    value: {
      method: 'POST',
      version: '1.1',
      path: '/p?q',
      host: { name: 'a.example' },
      content: { kind: 'length', bytes: 3 },
    },
  });
});

test.each([
  [[], 'http-host-missing', 'RFC 9112 §3.2'],
  [['Host:'], 'http-host-empty', 'RFC 9112 §3.2'],
  [['Host: a.example', 'Host: b.example'], 'http-host-repeated', 'RFC 9112 §3.2'],
  [['Host: a.example', 'host: a.example'], 'http-host-repeated', 'RFC 9112 §3.2'],
  [['Host: a.example b.example'], 'http-host-character', 'RFC 9112 §3.2'],
  [['Host: a.example', 'Content-Length: 1', 'Transfer-Encoding: chunked'], 'http-length-and-coding', 'RFC 9112 §6.3'],
  [['Host: a.example', 'Connection: close, Host'], 'http-connection-option', 'RFC 9110 §7.6.1'],
  [['Host: a.example', 'Connection: content-length'], 'http-connection-option', 'RFC 9110 §7.6.1'],
])('the fields %j are denied as %s (%s)', (fields, code) => {
  expect(withFields(...fields)).toEqual(never(code));
});

test.each([
  ['GET / HTTP/1.0\r\n\r\n', 'http-host-missing', 'no name, nothing to allow'],
  ['GET http://a.example/ HTTP/1.1\r\nHost: b.example\r\n\r\n', 'http-target-not-host', 'RFC 9112 §3.2.2'],
  ['GET http://a.example/ HTTP/1.1\r\n\r\n', 'http-host-missing', 'RFC 9112 §3.2'],
  ['GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n', 'http-content-unexpected', 'RFC 9110 §9.3.1'],
  ['HEAD / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n', 'http-content-unexpected', 'RFC 9110 §9.3.2'],
  ['DELETE / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n', 'http-content-unexpected', 'RFC 9110 §9.3.5'],
])('%j is denied as %s (%s)', (text, code) => {
  expect(read(text)).toEqual(never(code));
});

test('a GET may say that it has no content', () => {
  expect(read('GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n').kind).toBe('read');
});

describe('the length of a head', () => {
  const headOf = (bytes: number) => {
    const start = 'GET / HTTP/1.1\r\nHost: a\r\nX: ';
    return `${start}${'x'.repeat(bytes - start.length - 4)}\r\n\r\n`;
  };

  test('is allowed up to the cap, whatever follows', () => {
    expect(read(`${headOf(maxHeadBytes)}GET`)).toMatchObject({ kind: 'read', end: maxHeadBytes });
  });

  test('is denied over the cap, as soon as the cap is reached and before', () => {
    const long = headOf(maxHeadBytes + 1);
    expect(read(long)).toEqual(never('http-head-too-long'));
    expect(read(long.slice(0, maxHeadBytes))).toEqual(never('http-head-too-long'));
    expect(read(long.slice(0, maxHeadBytes - 1))).toEqual({ kind: 'more', atLeast: maxHeadBytes });
    expect(read(`GET /${'a'.repeat(maxHeadBytes)}`)).toEqual(never('http-head-too-long'));
  });
});
