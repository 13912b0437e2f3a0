import { expect, test } from 'vitest';
import { httpAnswer } from '../../../src/dissect/http/answer.ts';
import { asciiBytes } from '../../../src/dissect/http-grammar/read.ts';
import { checkEverySplit } from '../split-property.ts';

test.each([
  ['HTTP/1.1 200 OK\r\n\r\nanything', 'free'],
  ['HTTP/1.0 302 Found\r\n', 'free'],
  ['HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK', 'free'],
  ['HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 404 \r\n', 'free'],
  ['HTTP/1.1 100 Continue\r\n\r\n', 'more'],
  ['HTTP/1.1 200', 'more'],
  ['', 'more'],
  ['HTTP/1.1 101 Switching Protocols\r\n', { never: 'http-switching-protocols' }],
  ['HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 101 S', { never: 'http-switching-protocols' }],
  ['HTTP/1.1 100 Continue\r\n\r\n\x16\xf1', { never: 'http-answer-malformed' }],
  ['\x16\x03\x03', { never: 'http-answer-malformed' }],
  ['SSH-2.0', { never: 'http-answer-malformed' }],
  ['HTTP/1.1 100 C\n', { never: 'http-bare-lf' }],
])('%j ends as %j', (text, end) => {
  expect(checkEverySplit(httpAnswer, asciiBytes(text)).end).toEqual(end);
});
