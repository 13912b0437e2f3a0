import { expect, it } from 'vitest';
import { requirePlatform } from '../../src/netfilter-queue/libc.ts';

it.each([
  ['linux', 'x64', 'LE'],
  ['linux', 'arm64', 'LE'],
])('%s on %s (%s) is served', (...machine) => {
  expect(() => requirePlatform(...machine)).not.toThrow();
});

it.each([
  ['darwin', 'arm64', 'LE'],
  ['linux', 'arm', 'LE'],
  ['linux', 'ia32', 'LE'],
  ['linux', 'arm64', 'BE'],
])('%s on %s (%s) is refused with its name', (...machine) => {
  const expected = expect.objectContaining({
    code: 'unsupported-platform',
    message: expect.stringContaining(machine[1]),
  });
  expect(() => requirePlatform(...machine)).toThrow(expected);
});
