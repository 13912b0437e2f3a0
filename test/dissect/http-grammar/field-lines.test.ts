import { expect, test } from 'vitest';
import { readFieldLines } from '../../../src/dissect/http-grammar/field-lines.ts';
import { asciiBytes } from '../../../src/dissect/http-grammar/read.ts';
import { more, never } from '../../../src/dissect/outcome.ts';

const read = (text: string) => readFieldLines(asciiBytes(text), 0);

function fieldsOf(text: string) {
  const fields = read(`${text}\r\n`);
  if (fields.kind !== 'read') throw new Error(`not read: ${JSON.stringify(fields)}`);
  return fields.value;
}

test('names are read in any case, values without the whitespace around them, repetitions in order', () => {
  const text = 'Host:a.b\r\nX:  1 \t\r\nx: \t2\r\nEmpty:\r\nUser-Agent: \xe5\xbe\xae \xa0\r\n';
  const fields = fieldsOf(text);
  expect(fields.count).toBe(5);
  expect(fields.get('host')).toEqual(['a.b']);
  expect(fields.get('x')).toEqual(['1', '2']);
  expect(fields.get('empty')).toEqual(['']);
  expect(fields.get('user-agent')).toEqual(['\xe5\xbe\xae \xa0']);
  for (const absent of ['', 'hos', 'hosts', 'y', 'xy']) expect(fields.get(absent)).toEqual([]);
});

test('an empty line alone is no fields, and what follows it is not read', () => {
  const none = read('\r\nrest\n');
  expect(none).toMatchObject({ kind: 'read', value: { count: 0 }, end: 2 });
});

test('a field may stand after an offset', () => {
  const fields = readFieldLines(asciiBytes('xxA: b\r\n\r\n'), 2);
  expect(fields).toMatchObject({ kind: 'read', value: { count: 1 }, end: 10 });
  expect(fields.kind === 'read' && fields.value.get('a')).toEqual(['b']);
});

test.each([
  ['A: b\n', 'http-bare-lf', 'RFC 9112 §2.2'],
  ['A: b\r\n\n', 'http-bare-lf', 'RFC 9112 §2.2'],
  ['A: b\rC: d\r\n', 'http-bare-cr', 'RFC 9112 §2.2'],
  ['A: b\r\n\rC', 'http-bare-cr', 'RFC 9112 §2.2'],
  ['A: b\r\n c\r\n', 'http-folded-line', 'RFC 9112 §5.2'],
  ['A: b\r\n\tc\r\n', 'http-folded-line', 'RFC 9112 §5.2'],
  [' A: b\r\n', 'http-folded-line', 'RFC 9112 §2.2'],
  ['A : b\r\n', 'http-space-before-colon', 'RFC 9112 §5.1'],
  ['A\t: b\r\n', 'http-space-before-colon', 'RFC 9112 §5.1'],
  ['A\r\n', 'http-field-name', 'RFC 9112 §5'],
  [': b\r\n', 'http-field-name', 'RFC 9110 §5.6.2'],
  ['A(b): c\r\n', 'http-field-name', 'RFC 9110 §5.6.2'],
  ['\xc4: c\r\n', 'http-field-name', 'RFC 9110 §5.6.2'],
  ['A: \x00b\r\n', 'http-control-character', 'RFC 9110 §5.5'],
  ['A: b\x0b\r\n', 'http-control-character', 'RFC 9110 §5.5'],
  ['A: \x7f\r\n', 'http-control-character', 'RFC 9110 §5.5'],
])('%j is denied as %s (%s)', (text, code) => {
  expect(read(text)).toEqual(never(code));
  expect(read(text.slice(0, -1)).kind).not.toBe('read');
});

test('an unfinished head is awaited at every byte', () => {
  const text = 'A: b\r\nC:d\r\n\r\n';
  for (let length = 0; length < text.length; length += 1) expect(read(text.slice(0, length))).toEqual(more(length + 1));
});

test('runs of whitespace cost no more than their length', () => {
  const started = performance.now();
  for (let round = 0; round < 20; round += 1) fieldsOf(`A: ${' '.repeat(16_000)}x\r\nB:${'\t '.repeat(8_000)}\r\n`);
  expect(performance.now() - started).toBeLessThan(500);
});
