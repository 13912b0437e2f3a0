import { describe, expect, test } from 'vitest';
import { parsePacks } from '../../src/classify/pack-file.ts';

const rule = (lines: string) =>
  parsePacks(
    `service: s\npacks:\n  p:\n    about: test\n    default: true\n    rules:\n      r: {${lines}, known-from: x}\n`,
    'p.yaml',
  );

test('a pack is read, braces and all', () => {
  const { value, problems } = rule("apps: [http], hosts: ['{,sz}a.{b,c}.cn'], ports: [80, 90-99], paths: [/x, /y/*]");
  expect(problems).toEqual([]);
  expect(value).toEqual([
    {
      service: 's',
      name: 'p',
      about: 'test',
      byDefault: true,
      file: 'p.yaml',
      rules: [
        {
          id: 's/p/r',
          apps: ['http'],
          names: ['a.b.cn', 'a.c.cn', 'sza.b.cn', 'sza.c.cn'].map((name) => ({ kind: 'exact', name })),
          ports: [
            { transport: null, first: 80, last: 80 },
            { transport: null, first: 90, last: 99 },
          ],
          addresses: [],
          paths: [
            { kind: 'exact', path: '/x' },
            { kind: 'prefix', path: '/y/' },
          ],
          knownFrom: 'x',
          file: 'p.yaml',
          line: 7,
        },
      ],
    },
  ]);
});

describe('a rule that could never match is refused', () => {
  test.each([
    ['apps: [tsl], ports: [1]', /"tsl" is no protocol/],
    ['apps: [], ports: [1]', /at least one protocol/],
    ['apps: [tls], ports: []', /at least one port/],
    ['apps: [tls]', /ports: is missing/],
    ['apps: [mmtls], hosts: [a.cn], ports: [1]', /mmtls says no name/],
    ['apps: [tls], hosts: [a.cn], paths: [/a], ports: [1]', /only http has paths/],
    ['apps: [tls], ports: [udp/443]', /none of the ports/],
    ["apps: [tls], hosts: ['{a,b.cn'], ports: [1]", /not a host name/],
    ['apps: [tls], expressions: ["("], ports: [1]', /cannot be used/],
    ['apps: [http], paths: [a], ports: [1]', /not a path/],
  ])('%s', (lines, message) => {
    const { value, problems } = rule(lines);
    expect(value).toBeNull();
    expect(problems.map(({ message }) => message).join('\n')).toMatch(message);
  });
});

test('every rule has to say where it is known from', () => {
  const { problems } = parsePacks(
    'service: s\npacks: {p: {about: a, default: true, rules: {r: {apps: [tls], ports: [1]}}}}',
    'p.yaml',
  );
  expect(problems.map(({ message }) => message)).toEqual(['known-from: is missing here']);
});
