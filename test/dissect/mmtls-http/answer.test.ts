import { expect, test } from 'vitest';
import { mmtlsHttpAnswer } from '../../../src/dissect/mmtls-http/answer.ts';
import { checkEverySplit } from '../split-property.ts';
import { bytesOf, record, serverRecords } from './exchange.ts';

const head = (...fields: string[]) => ['HTTP/1.1 200 OK', 'Connection: close', ...fields, '', ''].join('\r\n');
const length = (bytes: number) => head(`Content-Length: ${bytes}`);

test.each([
  ['records of the length it says', [length(serverRecords.length), serverRecords]],
  ['records until the connection ends', [head(), serverRecords, serverRecords]],
  ['no content', [length(0)]],
  ['its content still to come', [length(serverRecords.length), serverRecords.subarray(0, 70)]],
])('an answer with %s is passed, and goes on being read', (_, parts) => {
  expect(checkEverySplit(mmtlsHttpAnswer, bytesOf(...parts)).end).toBe('more');
});

test.each([
  ['another protocol', ['\x16\xf1\x04\x00\x2e'], 'http-answer-malformed'],
  ['101', ['HTTP/1.1 101 Switching Protocols\r\n'], 'mmtls-http-answer-status'],
  ['an error', ['HTTP/1.1 502 Bad Gateway\r\n'], 'mmtls-http-answer-status'],
  ['bare line ends', ['HTTP/1.1 200 OK\n'], 'http-bare-lf'],
  ['chunks', [head('Transfer-Encoding: chunked')], 'mmtls-http-answer-chunked'],
  ['two lengths', [head('Content-Length: 5', 'Content-Length: 6')], 'http-length-repeated'],
  ['a length and chunks', [head('Content-Length: 5', 'Transfer-Encoding: chunked')], 'http-length-and-coding'],
  ['a page for content', [head(), '<html>'], 'mmtls-http-other-content'],
  ['data first', [head(), record(0x17, 40)], 'mmtls-http-other-content'],
  ['a raw stream behind a record', [head(), record(0x16, 46), 'SSH-2.0'], 'mmtls-http-other-content'],
  ['a record past its length', [length(50), record(0x16, 46)], 'mmtls-http-record-past-content'],
  ['bytes behind its length', [length(51), record(0x16, 46), '!'], 'mmtls-http-bytes-after-content'],
  ['bytes behind no content', [length(0), '!'], 'mmtls-http-bytes-after-content'],
])('an answer with %s is denied', (_, parts, code) => {
  expect(checkEverySplit(mmtlsHttpAnswer, bytesOf(...parts)).end).toEqual({ never: code });
});
