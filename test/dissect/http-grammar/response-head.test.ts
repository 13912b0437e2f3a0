import { expect, test } from 'vitest';
import { asciiBytes } from '../../../src/dissect/http-grammar/read.ts';
import { readResponseHead, readStatus } from '../../../src/dissect/http-grammar/response-head.ts';
import { more, never } from '../../../src/dissect/outcome.ts';

test.each([
  ['HTTP/1.1 200 OK', 200],
  ['HTTP/1.0 404 ', 404],
  ['HTTP/1.1 599\r', 599],
  ['HTTP/1.1 100 Continue', 100],
])('%j has the status %i', (text, status) => {
  expect(readStatus(asciiBytes(text))).toEqual({ kind: 'read', value: status, end: 12 });
});

test.each([
  'HTTP/2 200 ',
  'HTTP/1.2',
  'HTTP/1.1\t',
  'HTTP/1.1 0',
  'HTTP/1.1 6',
  'HTTP/1.1 20\r',
  'HTTP/1.1 2000',
  'h',
  '\x16',
  'ICY 200',
])('%j is no status line', (text) => {
  expect(readStatus(asciiBytes(text))).toEqual(never('http-answer-malformed'));
});

test('an unfinished status line is awaited', () => {
  for (let length = 0; length < 13; length += 1) {
    expect(readStatus(asciiBytes('HTTP/1.1 200 '.slice(0, length)))).toEqual(more(length + 1));
  }
});

test('a head is read up to its empty line', () => {
  const text = 'HTTP/1.1 200 OK\r\nServer: x\r\n\r\n';
  const read = readResponseHead(asciiBytes(`${text}body`));
  expect(read).toMatchObject({ kind: 'read', value: { status: 200, fields: { count: 1 } }, end: text.length });
  expect(read.kind === 'read' && read.value.fields.get('server')).toEqual(['x']);
});

test.each([
  ['HTTP/1.1 200 OK\n', 'http-bare-lf'],
  ['HTTP/1.1 200 \x01', 'http-control-character'],
  ['HTTP/1.1 200 OK\r\nA : b', 'http-space-before-colon'],
  [`HTTP/1.1 200 OK\r\nA: ${'x'.repeat(20_000)}`, 'http-head-too-long'],
])('%j is denied', (text, code) => {
  expect(readResponseHead(asciiBytes(text))).toEqual(never(code));
});
