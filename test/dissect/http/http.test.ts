import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { http } from '../../../src/dissect/http/http.ts';
import { asciiBytes } from '../../../src/dissect/http-grammar/read.ts';
import { NOT_THIS, never } from '../../../src/dissect/outcome.ts';
import { checkEverySplit, checkStreamStep, readStream } from '../split-property.ts';
import { requestArbitrary } from './request-arbitrary.ts';

const request = (...lines: string[]) => asciiBytes([...lines, '', ''].join('\r\n'));

const newgetdns = request(
  'GET /cgi-bin/micromsg-bin/newgetdns?uin=0&clientversion=620888113&scene=0&net=1 HTTP/1.1',
  'Host: dns.weixin.qq.com',
  'Accept: */*',
);
const oldShort = request(
  'POST http://hkextshort.weixin.qq.com/cgi-bin/micromsg-bin/getprofile HTTP/1.1',
  'Host: hkextshort.weixin.qq.com',
  'User-Agent: MicroMessenger Client',
  'Content-Length: 4',
);

describe('a request', () => {
  test.each([
    ['newgetdns', newgetdns, 'dns.weixin.qq.com', 0],
    ['an absolute target', oldShort, 'hkextshort.weixin.qq.com', 4],
    ['an address as Host', request('GET / HTTP/1.1', 'Host: [2001:DB8::1]:80'), '2001:db8::1', 0],
    ['100-continue', request('POST / HTTP/1.1', 'Host: a', 'Expect: 100-continue', 'Content-Length: 7'), 'a', 7],
    ['options for the server', request('OPTIONS * HTTP/1.1', 'Host: a'), 'a', 0],
  ])('is recognised by its Host: %s', (_, bytes, name, skip) => {
    const outcome = checkStreamStep(http.begin, bytes);
    expect(outcome).toMatchObject({ kind: 'match', facts: { app: 'http', name }, consumed: bytes.length, skip });
  });

  test('tells its method and path', () => {
    expect(http.begin(oldShort)).toMatchObject({
      facts: { method: 'POST', path: '/cgi-bin/micromsg-bin/getprofile' },
    });
  });

  test.each([
    [['Upgrade: websocket', 'Connection: Upgrade'], never('http-upgrade')],
    [['Upgrade: h2c', 'Connection: Upgrade, HTTP2-Settings'], never('http-upgrade')],
    [['Connection: keep-alive, Upgrade'], never('http-upgrade')],
    [['Upgrade: mmtls, websocket'], never('http-upgrade')],
    [['Upgrade: mmtls', 'Upgrade: websocket'], never('http-upgrade')],
    [['X-Online-Host: b.example'], never('http-online-host')],
    [['Upgrade: mmtls'], NOT_THIS],
  ])('with %j is not passed', (fields, outcome) => {
    expect(checkStreamStep(http.begin, request('POST /mmtls/00112233 HTTP/1.1', 'Host: a.example', ...fields))).toEqual(
      outcome,
    );
  });

  test('may name its own host online', () => {
    expect(http.begin(request('GET / HTTP/1.1', 'Host: a.example', 'X-Online-Host: A.example')).kind).toBe('match');
  });
});

describe('a connection', () => {
  const read = (...pieces: (string | Uint8Array)[]) =>
    checkEverySplit(
      http.begin,
      Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? asciiBytes(piece) : piece))),
    );

  test('is read request by request, pipelined or not, past content that looks like one', () => {
    const inner = 'GET / HTTP/1.1\r\nHost: inner.example\r\n\r\n';
    const { matches, end } = read(
      request('GET /1 HTTP/1.1', 'Host: one.example'),
      request('POST /2 HTTP/1.1', 'Host: two.example', `Content-Length: ${inner.length}`),
      inner,
      request('PUT /3 HTTP/1.1', 'Host: three.example', 'Transfer-Encoding: chunked'),
      `${inner.length.toString(16)};a=b\r\n${inner}\r\n0A\r\n0123456789\r\n0\r\nChecksum: 1\r\n\r\n`,
      request('GET /4 HTTP/1.1', 'Host: four.example'),
    );
    expect(end).toBe('more');
    expect(matches.flatMap((match) => ('facts' in match && match.facts !== null ? [match.facts] : []))).toMatchObject([
      { name: 'one.example', path: '/1' },
      { name: 'two.example', path: '/2' },
      { name: 'three.example', path: '/3' },
      { name: 'four.example', path: '/4' },
    ]);
  });

  test('has every later request judged like the first', () => {
    expect(read(newgetdns, request('CONNECT evil.example:443 HTTP/1.1', 'Host: evil.example')).end).toEqual({
      never: 'http-connect',
    });
    expect(read(oldShort, 'bodyx').end).toEqual({ never: null });
    expect(read(oldShort, 'body\r\n', newgetdns).end).toEqual({ never: 'http-leading-blank-line' });
    expect(read(newgetdns, request('POST /mmtls/00112233 HTTP/1.1', 'Host: a', 'Upgrade: mmtls')).end).toEqual({
      never: null,
    });
  });

  test.each([
    [request('GET / HTTP/1.1', 'Host: a', 'Connection: close')],
    [request('GET / HTTP/1.1', 'Host: a', 'Connection: keep-alive, Close')],
    [request('GET / HTTP/1.0', 'Host: a')],
  ])('ends where the client said so (RFC 9112 §9.3, §9.6)', (last) => {
    expect(read(last).end).toBe('more');
    expect(read(last, newgetdns).end).toEqual({ never: 'http-bytes-after-close' });
  });

  test('ends behind the content of its last request', () => {
    const length = request('POST / HTTP/1.1', 'Host: a', 'Connection: close', 'Content-Length: 2');
    expect(read(length, 'ab')).toMatchObject({ end: 'more' });
    expect(read(length, 'abc').end).toEqual({ never: 'http-bytes-after-close' });
    const chunked = request('POST / HTTP/1.1', 'Host: a', 'Connection: close', 'Transfer-Encoding: chunked');
    expect(read(chunked, '1\r\na\r\n0\r\n\r\n').end).toBe('more');
    expect(read(chunked, '1\r\na\r\n0\r\n\r\nb').end).toEqual({ never: 'http-bytes-after-close' });
  });

  test('of HTTP/1.0 lives on where the client asks for it', () => {
    expect(read(request('GET / HTTP/1.0', 'Host: a', 'Connection: Keep-Alive'), newgetdns).matches).toHaveLength(2);
  });

  test('leaves its answers to the server: nobody reads them', () => {
    expect(read(newgetdns, newgetdns).answers).toEqual([]);
  });
});

describe('whatever the bytes are', () => {
  const budget = { interruptAfterTimeLimit: 1500, markInterruptAsFailure: false } as const;

  test('a valid request keeps the laws of a step', () => {
    fc.assert(
      fc.property(requestArbitrary, ({ text }) => {
        const bytes = asciiBytes(text);
        const { matches } = checkEverySplit(http.begin, bytes);
        expect(matches.length).toBeGreaterThan(0);
      }),
      budget,
    );
  });

  test('a spoilt request keeps them too', () => {
    const spoilt = fc.tuple(requestArbitrary, fc.nat(), fc.nat(2), fc.constantFrom(...'\r\n\0 \t:;,@\xff0aH'));
    fc.assert(
      fc.property(spoilt, ([{ text }, at, cut, put]) => {
        const where = at % text.length;
        checkStreamStep(http.begin, asciiBytes(text.slice(0, where) + put + text.slice(where + cut)));
      }),
      budget,
    );
  });

  test('noise keeps them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        checkStreamStep(http.begin, bytes);
        checkStreamStep(http.begin, Buffer.concat([asciiBytes('GET / HTTP/1.1\r\n'), bytes]));
      }),
      budget,
    );
  });

  test('the longest head in many small pieces is bounded work', () => {
    const text = asciiBytes(`GET /${'a'.repeat(4000)} HTTP/1.1\r\nHost: a\r\n${'X: y\r\n'.repeat(2000)}\r\n`);
    const everySixteenBytes = Array.from({ length: text.length / 16 }, (_, piece) => piece * 16);
    const started = performance.now();
    expect(readStream(http.begin, text, everySixteenBytes).matches).toHaveLength(1);
    expect(performance.now() - started).toBeLessThan(1500);
  });
});
