import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ipText } from '../../src/log/ip-text.ts';

function ipv6(...groups: number[]): Uint8Array {
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

describe('an address as text', () => {
  test.each([
    [Uint8Array.of(0, 0, 0, 0), '0.0.0.0'],
    [Uint8Array.of(192, 0, 2, 255), '192.0.2.255'],
    [ipv6(0, 0, 0, 0, 0, 0, 0, 0), '::'],
    [ipv6(0, 0, 0, 0, 0, 0, 0, 1), '::1'],
    [ipv6(1, 0, 0, 0, 0, 0, 0, 0), '1::'],
    [ipv6(0x2001, 0xdb8, 0, 0, 1, 0, 0, 1), '2001:db8::1:0:0:1'],
    [ipv6(0x2001, 0xdb8, 0, 1, 0, 0, 0, 1), '2001:db8:0:1::1'],
    [ipv6(0x2001, 0xdb8, 0, 1, 1, 1, 1, 1), '2001:db8:0:1:1:1:1:1'],
    [ipv6(0xfe80, 0, 0, 0, 0xabcd, 0xef01, 2, 0xffff), 'fe80::abcd:ef01:2:ffff'],
    [ipv6(0, 0, 0, 0, 0, 0xffff, 0xc000, 0x0201), '::ffff:192.0.2.1'],
    [Uint8Array.of(1, 2), '0x0102'],
  ])('%o is %s', (address, text) => {
    expect(ipText(address)).toBe(text);
  });

  test('of 16 bytes is what the URL standard makes of it, except for IPv4-mapped ones', () => {
    const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const plain = groups.map((value) => value.toString(16)).join(':');
        fc.pre(!plain.startsWith('0:0:0:0:0:ffff:'));
        expect(`[${ipText(ipv6(...groups))}]`).toBe(new URL(`http://[${plain}]`).hostname);
      }),
      { numRuns: 2000 },
    );
  });
});
