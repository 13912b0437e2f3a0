import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { http } from '../../../src/dissect/http/http.ts';
import { asciiBytes } from '../../../src/dissect/http-grammar/read.ts';
import { mmtlsHttp } from '../../../src/dissect/mmtls-http/mmtls-http.ts';
import { NOT_THIS, never } from '../../../src/dissect/outcome.ts';
import { checkEverySplit, checkStreamStep, readStream } from '../split-property.ts';
import { bytesOf, clientRecords, record, request, requestHead } from './exchange.ts';

/** How the records of a request are read that says it has `contentBytes` bytes of content. */
const endOf = (contentBytes: number, ...content: (string | Uint8Array)[]) =>
  checkEverySplit(mmtlsHttp.begin, bytesOf(requestHead(contentBytes), ...content)).end;

describe('a request', () => {
  test('is recognised by its head, and its records are walked', () => {
    const { matches, end } = checkEverySplit(mmtlsHttp.begin, request);
    expect(matches[0]).toMatchObject({ facts: { app: 'mmtls-http', name: 'szextshort.weixin.qq.com' }, skip: 0 });
    expect(matches.slice(1)).toMatchObject([{ skip: 161 }, { skip: 40 }, { skip: 90 }, { skip: 23 }]);
    expect(end).toBe('more');
  });

  test.each([
    [['Host: 203.0.113.9'], null],
    [['Host: [2001:db8::1]:80'], null],
    [['Host: 203.0.113.9', 'X-Online-Host: short.weixin.qq.com'], 'short.weixin.qq.com'],
    [['Host: Short.weixin.qq.com:80'], 'short.weixin.qq.com'],
  ])('to %j is for %s', (fields, name) => {
    expect(mmtlsHttp.begin(asciiBytes(requestHead(9, ...fields)))).toMatchObject({ kind: 'match', facts: { name } });
  });

  test('of the older version is read too', () => {
    expect(endOf(45, record(0x16, 40, 0xf103))).toBe('more');
  });

  const head = requestHead(533);
  test.each([
    ['a GET', head.replace('POST', 'GET'), NOT_THIS],
    ['another path', head.replace('/mmtls/', '/other/'), NOT_THIS],
    ['an absolute target', head.replace('/mmtls', 'http://szextshort.weixin.qq.com/mmtls'), NOT_THIS],
    ['no upgrade', head.replace('Upgrade: mmtls\r\n', ''), NOT_THIS],
    ['another upgrade', head.replace('Upgrade: mmtls', 'Upgrade: websocket'), NOT_THIS],
    ['two upgrades', head.replace('Upgrade: mmtls', 'Upgrade: mmtls\r\nUpgrade: h2c'), NOT_THIS],
    ['seven digits', head.replace('2181af9c', '2181af9'), never('mmtls-http-request-line')],
    ['upper-case digits', head.replace('2181af9c', '2181AF9C'), never('mmtls-http-request-line')],
    ['more path', head.replace('2181af9c', '2181af9c/x'), never('mmtls-http-request-line')],
    ['a query', head.replace('2181af9c', '2181af9c?x'), never('mmtls-http-request-line')],
    ['HTTP/1.0', head.replace('HTTP/1.1', 'HTTP/1.0'), never('mmtls-http-request-line')],
    ['no length', head.replace('Content-Length: 533\r\n', ''), never('mmtls-http-without-length')],
    ['length 0', requestHead(0), never('mmtls-http-without-length')],
    ['chunks', head.replace('Content-Length: 533', 'Transfer-Encoding: chunked'), never('mmtls-http-without-length')],
    ['an odd length', requestHead('+533'), never('http-length-malformed')],
    ['another name online', requestHead(5, 'X-Online-Host: v.qq.com'), never('http-online-host')],
  ])('with %s is not passed', (_, text, outcome) => {
    expect(checkStreamStep(mmtlsHttp.begin, asciiBytes(text))).toEqual(outcome);
  });

  test('is known not to be one from its first other byte on', () => {
    expect(mmtlsHttp.begin(asciiBytes('POST /m'))).toEqual({ kind: 'more', atLeast: 8 });
    expect(mmtlsHttp.begin(asciiBytes('POST /c'))).toEqual(NOT_THIS);
    expect(mmtlsHttp.begin(asciiBytes('\x16\xf1\x04'))).toEqual(NOT_THIS);
  });
});

describe('a forged request', () => {
  const noise = Uint8Array.from({ length: 4000 }, (_, at) => (at * 167 + 13) & 0xff);

  test('with several Host lines is denied', () => {
    const forged = requestHead(533, 'Host: szextshort.weixin.qq.com', 'Host: evil.example');
    expect(checkStreamStep(mmtlsHttp.begin, asciiBytes(forged))).toEqual(never('http-host-repeated'));
    expect(checkStreamStep(http.begin, asciiBytes(forged))).toEqual(never('http-host-repeated'));
  });

  test('with a raw stream for content is denied', () => {
    expect(endOf(533, noise)).toEqual({ never: 'mmtls-http-other-content' });
  });

  test('with records for content and a raw stream behind is denied', () => {
    expect(endOf(533, record(0x16, 528))).toBe('more');
    expect(endOf(533, record(0x16, 528), noise.subarray(0, 1))).toEqual({ never: 'mmtls-http-bytes-after-content' });
  });

  test('with one record and a raw stream inside its length is denied', () => {
    expect(endOf(533, record(0x16, 100), noise)).toEqual({ never: 'mmtls-http-other-content' });
  });

  test('that is sent twice on one connection is denied', () => {
    expect(endOf(clientRecords.length, clientRecords, request)).toEqual({ never: 'mmtls-http-bytes-after-content' });
  });
});

describe('the content of a request', () => {
  test.each([
    ['begins with data', [record(0x17, 40), record(0x16, 40)], 'mmtls-http-other-content'],
    ['begins with an alert', [record(0x15, 85)], 'mmtls-http-other-content'],
    ['begins with a TLS hello', [record(0x16, 85, 0x0301)], 'mmtls-http-other-content'],
    ['has a record of another version', [record(0x16, 40), record(0x17, 40, 0xf102)], 'mmtls-http-other-content'],
    ['has a record of another type', [record(0x16, 40), record(0x18, 40)], 'mmtls-http-other-content'],
    ['has an empty record', [record(0x16, 40), record(0x17, 0)], 'mmtls-http-other-content'],
    ['ends inside a record', [record(0x16, 40), record(0x17, 41)], 'mmtls-http-record-past-content'],
    [
      'ends inside a record header',
      [record(0x16, 40), record(0x17, 36), record(0x17, 40).subarray(0, 4)],
      'mmtls-http-record-past-content',
    ],
  ])('is denied where it %s', (_, content, code) => {
    expect(endOf(90, ...content)).toEqual({ never: code });
  });

  test('may be exactly its records', () => {
    expect(endOf(90, record(0x16, 40), record(0x17, 40))).toBe('more');
  });
});

test('of http and mmtls-http at most one claims a request', () => {
  const spoilt = fc.tuple(
    fc.nat(requestHead(9).length - 1),
    fc.nat(3),
    fc.constantFrom('', '\r\n', ' ', 'x', 'Host: a\r\n'),
  );
  fc.assert(
    fc.property(spoilt, ([at, cut, put]) => {
      const head = requestHead(9);
      const bytes = asciiBytes(head.slice(0, at) + put + head.slice(at + cut));
      const claims = [http, mmtlsHttp].filter(({ begin }) => checkStreamStep(begin, bytes).kind === 'match');
      expect(claims.length).toBeLessThan(2);
    }),
    { interruptAfterTimeLimit: 1500, numRuns: 300 },
  );
  expect(http.begin(request)).toEqual(NOT_THIS);
});

test('bent requests and noise keep the laws of a step', () => {
  fc.assert(
    fc.property(fc.nat(request.length - 1), fc.nat(255), fc.uint8Array({ maxLength: 60 }), (at, value, noise) => {
      readStream(mmtlsHttp.begin, request.with(at, value), [at]);
      checkStreamStep(mmtlsHttp.begin, noise);
      for (const answer of readStream(mmtlsHttp.begin, request).answers) {
        if (answer !== 'free') checkStreamStep(answer, noise);
      }
    }),
    { interruptAfterTimeLimit: 1500, numRuns: 1000 },
  );
});
