import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AsciiText } from '../../src/log/ascii-text.ts';
import { eveTimestamp } from '../../src/log/eve-timestamp.ts';

function timestamps(): (atMs: number) => string {
  const write = eveTimestamp();
  const line = new AsciiText();
  return (atMs) => {
    write(line, atMs);
    return Buffer.from(line.take()).toString('latin1');
  };
}

test.each([
  [Date.UTC(2024, 0, 1), '2024-01-01T00:00:00.000000+0000'],
  [1_700_000_000_123.456, '2023-11-14T22:13:20.123456+0000'],
  [1_700_000_000_999.9995, '2023-11-14T22:13:21.000000+0000'],
  [0.001, '1970-01-01T00:00:00.000001+0000'],
  [-5, '1970-01-01T00:00:00.000000+0000'],
  [Number.NaN, '1970-01-01T00:00:00.000000+0000'],
  [1e300, '9999-12-31T23:59:59.999000+0000'],
])('%d is %s', (atMs, text) => {
  expect(timestamps()(atMs)).toBe(text);
});

test('times in any order are each told right', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 4e12 })), (times) => {
      const timestamp = timestamps();
      for (const atMs of times) {
        expect(timestamp(atMs)).toBe(new Date(atMs).toISOString().replace('Z', '000+0000'));
      }
    }),
  );
});
