import { expect, test } from 'vitest';
import { chunkedContent } from '../../../src/dissect/http/chunked-content.ts';
import { asciiBytes } from '../../../src/dissect/http-grammar/read.ts';
import { never, type StreamStep } from '../../../src/dissect/outcome.ts';
import { checkEverySplit, readStream } from '../split-property.ts';

const after: StreamStep = () => never('reached-the-end');
const endOf = (text: string) => checkEverySplit(chunkedContent(after), asciiBytes(text)).end;

test.each([
  '0\r\n\r\n!',
  '000\r\n\r\n!',
  '3\r\nabc\r\n0\r\n\r\n!',
  'A\r\n0123456789\r\na;name=value\r\n0123456789\r\n0;last\r\nDigest: x\r\n\r\n!',
  '2\r\n\r\n\r\n0\r\n\r\n!',
])('%j is walked to its end', (text) => {
  expect(endOf(text)).toEqual({ never: 'reached-the-end' });
  expect(endOf(text.slice(0, -1))).toBe('more');
});

test.each([
  ['\r\n', 'http-chunk-size', 'RFC 9112 §7.1'],
  ['g\r\n', 'http-chunk-size', 'RFC 9112 §7.1'],
  ['-1\r\n', 'http-chunk-size', 'RFC 9112 §7.1'],
  ['0x5\r\n', 'http-chunk-size', 'RFC 9112 §7.1'],
  [' 5\r\n', 'http-chunk-size', 'RFC 9112 §7.1'],
  ['5 \r\n', 'http-chunk-size', 'RFC 9112 §7.1'],
  ['5 ;a\r\n', 'http-chunk-size', 'RFC 9112 §7.1.1'],
  ['5\n', 'http-chunk-size', 'RFC 9112 §2.2'],
  ['5\ra', 'http-chunk-size', 'RFC 9112 §2.2'],
  ['5;a\nb\r\n', 'http-chunk-size', 'RFC 9112 §7.1.1'],
  ['5;\x00\r\n', 'http-chunk-size', 'RFC 9112 §7.1.1'],
  ['20000000000000\r\n', 'http-chunk-size', 'RFC 9112 §7.1, overflow'],
  ['ffffffffffffffffffffff', 'http-chunk-size', 'RFC 9112 §7.1, overflow'],
  ['3\r\nabcd\r\n', 'http-chunk-longer-than-said', 'RFC 9112 §7.1'],
  ['3\r\nabc\n0\r\n', 'http-chunk-longer-than-said', 'RFC 9112 §7.1'],
  ['0\r\nHost: b.example\r\n\r\n', 'http-trailer-field', 'RFC 9110 §6.5.1'],
  ['0\r\nTransfer-Encoding: chunked\r\n\r\n', 'http-trailer-field', 'RFC 9110 §6.5.1'],
  ['0\r\nContent-Length: 5\r\n\r\n', 'http-trailer-field', 'RFC 9110 §6.5.1'],
  ['0\r\nA : b\r\n\r\n', 'http-space-before-colon', 'RFC 9112 §5.1'],
])('%j is denied as %s (%s)', (text, code) => {
  expect(endOf(text)).toEqual({ never: code });
});

test.each([
  [`5;${'a'.repeat(1023)}\r\n`, 'more'],
  [`5;${'a'.repeat(1024)}`, { never: 'http-chunk-extension-too-long' }],
  [`0\r\n${'A: b\r\n'.repeat(682)}`, 'more'],
  [`0\r\n${'A: b\r\n'.repeat(683)}`, { never: 'http-trailers-too-long' }],
])('extensions and trailers are bounded', (text, end) => {
  expect(readStream(chunkedContent(after), asciiBytes(text)).end).toEqual(end);
});

test('the largest size is skipped exactly', () => {
  expect(chunkedContent(after)(asciiBytes('fffffffffffff\r\n'))).toMatchObject({ consumed: 15, skip: 2 ** 52 - 1 });
});
