import { expect, test } from 'vitest';
import { readConnection } from '../../../src/dissect/http-grammar/connection.ts';
import { never } from '../../../src/dissect/outcome.ts';

const said = (...values: readonly string[]) => readConnection({ get: (name) => (name === 'connection' ? values : []) });
const options = (asked: Partial<Record<'close' | 'keepAlive' | 'upgrade', true>>) => ({
  kind: 'options',
  close: asked.close === true,
  keepAlive: asked.keepAlive === true,
  upgrade: asked.upgrade === true,
});

test.each([
  ['nothing', [], options({})],
  ['an empty field', [''], options({})],
  ['one option', ['close'], options({ close: true })],
  ['in any case', ['Keep-Alive'], options({ keepAlive: true })],
  [
    'options in a list, with empty ones and whitespace',
    ['Close , ,\tUpgrade '],
    options({ close: true, upgrade: true }),
  ],
  ['several fields', ['keep-alive', 'TE, Upgrade'], options({ keepAlive: true, upgrade: true })],
  ['options nobody knows', ['closed, up grade, \xa0close'], options({})],
])('%s', (_, values, expected) => {
  expect(said(...values)).toEqual(expected);
});

test.each(['host', 'Content-Length', 'close, transfer-encoding'])(
  '%s would make the next server drop that field',
  (value) => {
    expect(said(value)).toEqual(never('http-connection-option'));
    expect(said('close', value)).toEqual(never('http-connection-option'));
  },
);

test('runs of whitespace cost no more than their length', () => {
  const started = performance.now();
  for (let round = 0; round < 20; round += 1) said(`a${' '.repeat(16_000)}${round},${'\t '.repeat(8_000)}`);
  expect(performance.now() - started).toBeLessThan(500);
});
