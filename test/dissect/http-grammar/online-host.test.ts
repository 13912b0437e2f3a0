import { expect, test } from 'vitest';
import { readOnlineHost } from '../../../src/dissect/http-grammar/online-host.ts';
import { asciiBytes } from '../../../src/dissect/http-grammar/read.ts';
import { readRequestHead } from '../../../src/dissect/http-grammar/request-head.ts';
import { never } from '../../../src/dissect/outcome.ts';

function online(...fields: string[]) {
  const head = readRequestHead(asciiBytes(['GET / HTTP/1.1', ...fields, '', ''].join('\r\n')));
  if (head.kind !== 'read') throw new Error(`not read: ${JSON.stringify(head)}`);
  return readOnlineHost(head.value);
}

test.each([
  [['Host: a.example'], 'a.example', false],
  [['Host: 203.0.113.9'], '203.0.113.9', true],
  [['Host: 203.0.113.9', 'X-Online-Host: A.example:80'], 'a.example', false],
  [['Host: a.example', 'X-Online-Host: a.example.'], 'a.example', false],
])('%j is for %s', (fields, name, isAddress) => {
  expect(online(...fields)).toEqual({ kind: 'host', name, isAddress });
});

test.each([
  [['Host: a.example', 'X-Online-Host: b.example'], 'http-online-host'],
  [['Host: a.example', 'X-Online-Host: 203.0.113.9'], 'http-online-host'],
  [['Host: 203.0.113.9', 'X-Online-Host: a', 'X-Online-Host: b'], 'http-online-host-repeated'],
  [['Host: 203.0.113.9', 'X-Online-Host:'], 'http-host-empty'],
  [['Host: 203.0.113.9', 'X-Online-Host: a/b'], 'http-host-character'],
])('%j is denied as %s', (fields, code) => {
  expect(online(...fields)).toEqual(never(code));
});
