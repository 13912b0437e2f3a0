import { expect, test } from 'vitest';
import { readContentLength } from '../../../src/dissect/http-grammar/content.ts';
import { never } from '../../../src/dissect/outcome.ts';

const fieldOf = (field: string, values: readonly string[]) => ({
  get: (name: string) => (name === field ? values : []),
});
const lengths = (...values: string[]) => fieldOf('content-length', values);
const codings = (...values: string[]) => fieldOf('transfer-encoding', values);

test('content has the length the fields say', () => {
  expect(readContentLength('1.1', lengths())).toEqual({ kind: 'none' });
  expect(readContentLength('1.1', lengths('0'))).toEqual({ kind: 'length', bytes: 0 });
  expect(readContentLength('1.0', lengths('533'))).toEqual({ kind: 'length', bytes: 533 });
  expect(readContentLength('1.1', lengths('999999999999999'))).toEqual({ kind: 'length', bytes: 999_999_999_999_999 });
  expect(readContentLength('1.1', codings('chunked'))).toEqual({ kind: 'chunked' });
  expect(readContentLength('1.1', codings('Chunked'))).toEqual({ kind: 'chunked' });
});

test.each(['', '+5', '-1', '0x5', '05', '5.0', '5 5', '5, 5', '5,', '1e3', '1000000000000000', '٥'])(
  'a length of %j is denied (RFC 9110 §8.6)',
  (value) => {
    expect(readContentLength('1.1', lengths(value))).toEqual(never('http-length-malformed'));
  },
);

test('a length said twice is denied, the same or not (RFC 9112 §6.3)', () => {
  expect(readContentLength('1.1', lengths('5', '5'))).toEqual(never('http-length-repeated'));
  expect(readContentLength('1.1', lengths('5', '6'))).toEqual(never('http-length-repeated'));
});

test.each([
  ['1.1', ['gzip, chunked']],
  ['1.1', ['chunked, identity']],
  ['1.1', ['identity']],
  ['1.1', ['chunked;q=1']],
  ['1.1', ['"chunked"']],
  ['1.1', ['xchunked']],
  ['1.1', ['']],
  ['1.1', ['chunked', 'chunked']],
  ['1.1', ['chunked', 'identity']],
  ['1.0', ['chunked']],
] as const)('in HTTP/%s the codings %j are denied (RFC 9112 §6.1)', (version, values) => {
  expect(readContentLength(version, codings(...values))).toEqual(never('http-transfer-coding'));
});

test('a length beside a coding is denied (RFC 9112 §6.3)', () => {
  const both = { get: (name: string) => [...lengths('5').get(name), ...codings('chunked').get(name)] };
  expect(readContentLength('1.1', both)).toEqual(never('http-length-and-coding'));
});
