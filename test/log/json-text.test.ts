import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonText } from '../../src/log/json-text.ts';

test.each([
  ['plain.example', '"plain.example"'],
  ['a"b\\c', '"a\\"b\\\\c"'],
  ['\u001b[31m', '"\\u001b[31m"'],
  ['\u009b31m\u007f', '"\\u009b31m\\u007f"'],
  ['微信', '"\\u5fae\\u4fe1"'],
  ['\ud800', '"\\ud800"'],
  ['\u2028', '"\\u2028"'],
])('%j is written as %s', (text, json) => {
  expect(jsonText(text)).toBe(json);
});

test('any string comes back from its JSON, which is printable ASCII', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const json = jsonText(text);
      expect(JSON.parse(json)).toBe(text);
      expect(json).toMatch(/^[ -~]*$/);
    }),
    { numRuns: 1000 },
  );
});
