import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { payloadTcpPorts } from '../../src/classify/payload-ports.ts';
import { formatProblem } from '../../src/classify/problem.ts';
import { compilePolicy, rulesInForce } from '../../src/classify/rules-in-force.ts';
import { defaultSettings, parseSettings } from '../../src/classify/settings.ts';
import { http, quic, tcp, tls, udp } from './flows.ts';
import { shippedPacks, shippedPolicy } from './shipped-packs.ts';

const packs = shippedPacks();
const read = (text: string) => parseSettings(text, 'own.yaml', packs);

test('every setting is read', () => {
  const { value, problems } = read(`
lan: [wlan0, br-lan]
when_down: open
on_drop: reset
firewall: { backend: nft, mark: 0xf0, queue: 7 }
workers: 3
log: { file: null, stdout: true }
allow: [wechat/text, host: Example.CN]
`);
  expect(problems).toEqual([]);
  expect(value).toEqual({
    lan: ['wlan0', 'br-lan'],
    whenDown: 'open',
    onDrop: 'reset',
    firewall: { backend: 'nft', mark: 0xf0, queue: 7, offload: false },
    workers: 3,
    log: { file: null, stdout: true },
    allow: [
      { kind: 'packs', written: 'wechat/text', packs: ['wechat/text'], line: 8 },
      {
        kind: 'name',
        written: 'Example.CN',
        name: { kind: 'exact', name: 'example.cn' },
        ports: [80, 443, 8080].map((port) => ({ transport: null, first: port, last: port })),
        line: 8,
      },
    ],
  });
});

test('what a file does not say is as in the defaults', () => {
  const { value } = read('lan: [wlan0]');
  expect(value).toEqual({ ...defaultSettings(packs), lan: ['wlan0'] });
  expect(value?.firewall).toEqual({ backend: 'auto', mark: 0x0f000000, queue: 17_223, offload: false });
  expect(value?.allow.map((entry) => entry.written)).toEqual(['wechat', 'qq', 'connectivity-check', 'push']);
});

test('a service stands for its usual packs', () => {
  const [wechat] = read('allow: [wechat]').value?.allow ?? [];
  expect(wechat).toMatchObject({
    packs: ['text', 'pictures', 'calls', 'pay', 'mini-programs', 'web'].map((pack) => `wechat/${pack}`),
  });
});

describe('a mistake is reported where it stands, with what to do', () => {
  const mistakes: [text: string, at: string, message: RegExp, advice: RegExp][] = [
    ['alow: []', '1:1', /unknown key "alow"/, /did you mean "allow"/],
    ['lan: wlan0', '1:6', /a list of interfaces belongs here/, /line of its own/],
    ['lan: [a-name-far-too-long]', '1:7', /cannot be an interface/, /ip -brief link/],
    ['on_drop: rest', '1:10', /none of the choices/, /did you mean "reset"/],
    ['when_down: yes', '1:12', /none of the choices/, /there is: closed, open/],
    ['firewall: nft', '1:11', /a mapping belongs here/, /backend, mark, queue/],
    ['firewall: { backend: nftables }', '1:22', /none of the choices/, /did you mean "nft"/],
    ['firewall: { mark: 0x0f0f0000 }', '1:19', /four adjacent bits/, /0x0f000000/],
    ['firewall: { mark: 0x1e0000000 }', '1:19', /four adjacent bits/, /0x0f000000/],
    ['firewall: { queue: 65536 }', '1:20', /no such queue/, /0 to 65535/],
    ['firewall: { qeue: 1 }', '1:13', /unknown key "qeue"/, /did you mean "queue"/],
    ['workers: 0', '1:10', /number of workers/, /1 to 64/],
    ['log: { file: here.json }', '1:14', /relative path/, /whole path/],
    ['allow: [wechatt]', '1:9', /no pack "wechatt"/, /did you mean "wechat"/],
    ['allow: [wechat/chanels]', '1:9', /no pack/, /did you mean "wechat\/channels"/],
    ['allow: [example.cn]', '1:9', /no pack/, /write host: example.cn/],
    ['allow:\n  - host: https://example.cn/a', '2:11', /is a URL/, /only the name: example.cn/],
    ['allow:\n  - host: 192.0.2.1', '2:11', /an address/, /address: 192.0.2.1/],
    ['allow:\n  - host: example.cn:443', '2:21', /has a port/, /ports: \[443\]/],
    ["allow:\n  - host: '*.cn'", '2:11', /everything below .cn/, /name a domain/],
    ["allow:\n  - host: 'a*.example.cn'", '2:13', /\* elsewhere/, /regex:/],
    ['allow:\n  - host: *.example.cn', '2:11', /refers to a &.example.cn/, /needs quotes: '\*\.example\.cn'/],
    ["allow:\n  - regex: '^a(?=b)$'", '2:15', /cannot be used/, /no lookahead/],
    ["allow:\n  - regex: '(a)\\1'", '2:16', /cannot be used/, /no backreferences/],
    ['allow:\n  - regex: "a\\.b"', '2:14', /not readable as YAML/, /single quotes/],
    ['allow:\n  - port: 65536', '2:11', /does not exist/, /1 to 65535/],
    ['allow:\n  - port: 20-10', '2:11', /is empty/, /10-20/],
    ['allow:\n  - port: 5222\n    ports: [1]', '3:5', /unknown key "ports"/, /did you mean "port"/],
    ['allow:\n  - host: a.cn\n    ports: 443', '3:12', /a list of ports/, /brackets/],
    ['allow:\n  - host: a.cn\n    ports: [443, x]', '3:18', /not a port/, /443/],
    ['allow:\n  - address: 203.0.113.9/24', '2:14', /bits set behind/, /203\.0\.113\.0\/24/],
    ['allow:\n  - address: 203.0.113.0/33', '2:25', /prefix length/, /0 to 32/],
    ['allow:\n  - address: nowhere', '2:14', /not an address/, /203\.0\.113\.0\/24/],
    ['allow:\n  - hots: a.cn', '2:5', /nothing that can be allowed/, /did you mean "host"/],
    ['allow:\n  - host: a.cn\n    port: 1', '2:5', /host and port/, /entries of their own/],
    ['allow: [7]', '1:9', /7 is nothing/, /write a pack/],
    ['lan: [a]\nlan: [b]', '2:1', /stands here twice/, /keep one/],
    ['lan: [wlan0', '1:12', /not readable as YAML/, /./],
    ['lan: [wlan0]\n---\nlan: [wlan0]', '2:1', /not readable as YAML/, /one document/],
    ['- wechat', '1:1', /a mapping belongs here/, /lan, when_down/],
    ['just words', '1:1', /a mapping belongs here/, /lan, when_down/],
  ];
  test.each(mistakes)('%j', (text, at, message, advice) => {
    const { value, problems } = read(text);
    expect(value).toBeNull();
    const errors = problems.filter(({ severity }) => severity === 'error');
    expect(errors.map(formatProblem)).toHaveLength(1);
    const [error] = errors;
    expect(`${error?.place?.line}:${error?.place?.column}`).toBe(at);
    expect(error?.message).toMatch(message);
    if (!text.endsWith('[wlan0')) expect(error?.advice).toMatch(advice);
  });
});

test('all mistakes are reported at once, in the order of the file', () => {
  const { problems } = read('allow: [nothing/such, 7, port: 0]\nlann: []\nworkers: -1\nallow: [also/nothing]\n');
  expect(problems.map(({ place }) => `${place?.line}:${place?.column}`)).toEqual(['2:1', '3:10', '4:1', '4:9']);
});

test.each(['', '\n', '# nothing\n', '---\n'])('an empty file (%j) is an error that says what to write', (text) => {
  const { value, problems } = read(text);
  expect(value).toBeNull();
  expect(problems).toHaveLength(1);
  expect(problems.map(formatProblem).join('')).toMatch(/own\.yaml: the file is empty\n {2}write .*lan: \[wlan0\]/);
});

test('a flood of aliases is refused, not unfolded', () => {
  const bomb = `a: &a [${'x,'.repeat(50)}]\n${[...'bcdefgh'].map((key, i) => `${key}: &${key} [${`*${'abcdefgh'[i]},`.repeat(50)}]`).join('\n')}`;
  expect(read(bomb).value).toBeNull();
});

describe('what can be done but is hardly meant is a warning', () => {
  test.each([
    ['allow: [wechat]', /no interface is named/],
    ['lan: [wlan0]\nallow: []', /nothing is allowed/],
    ['lan: [wlan0]\nlog: { file: null }', /written nowhere/],
    ['lan: [wlan0]\nallow: [wechat, wechat]', /on the list twice/],
    ["lan: [wlan0]\nallow: [regex: 'example\\.cn']", /anywhere in a name/],
  ])('%j', (text, message) => {
    const { value, problems } = read(text);
    expect(value).not.toBeNull();
    expect(problems.map(({ severity }) => severity)).toEqual(['warning']);
    expect(problems[0]?.message).toMatch(message);
  });
});

describe("the owner's own entries", () => {
  const { value } = read(`
allow:
  - wechat
  - host: example.cn
  - host: '*.example.cn'
    ports: [443]
  - host: 例子.cn
  - regex: '^(a|b)\\.example\\.org$'
  - port: 5222
  - port: udp/6000-6010
  - address: 203.0.113.0/24
  - address: 2001:db8::/32
    ports: [tcp/25]
  - host: wx.qq.com
`);
  const settings = value ?? { allow: [] };
  const policy = compilePolicy(settings, packs);
  const v4 = Uint8Array.of(203, 0, 113, 77);
  const v6 = Uint8Array.of(0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);

  test.each([
    ['owner/host:example.cn', tls('example.cn'), tcp(443)],
    ['owner/host:example.cn', quic('example.cn'), udp(443)],
    ['owner/host:example.cn', http('example.cn'), tcp(8080)],
    ['owner/host:*.example.cn', tls('a.b.example.cn'), tcp(443)],
    ['owner/host:例子.cn', tls('xn--fsqu00a.cn'), tcp(443)],
    ['owner/regex:^(a|b)\\.example\\.org$', tls('b.example.org'), tcp(443)],
    ['owner/port:tcp/5222', tls('anything.net'), tcp(5222)],
    ['owner/port:udp/6000-6010', quic(null), udp(6005)],
    ['owner/address:203.0.113.0/24', tls('anything.net'), tcp(443, v4)],
    ['owner/address:2001:db8::/32', tls(null), tcp(25, v6)],
    ['owner/host:wx.qq.com', tls('wx.qq.com'), tcp(443)],
  ])('%s', (rule, facts, to) => {
    expect(policy.decide(facts, to)).toEqual({ action: 'allow', rule });
  });

  test.each([
    [tls('a.example.cn'), tcp(80)],
    [tls('c.example.org'), tcp(443)],
    [tls('b.example.org.net'), tcp(443)],
    [quic(null), udp(5222)],
    [tls('anything.net'), tcp(443, v6)],
    [tls('anything.net'), tcp(443, Uint8Array.of(203, 0, 114, 1))],
  ])('%j is not covered', (facts, to) => {
    expect(policy.decide(facts, to).action).toBe('deny');
  });

  test('that open a port or an address are decided before any payload', () => {
    expect(policy.decideAtStart(tcp(5222))).toEqual({ action: 'allow', rule: 'owner/port:tcp/5222' });
    expect(policy.decideAtStart(tcp(9999, v4))).toEqual({ action: 'allow', rule: 'owner/address:203.0.113.0/24' });
    expect(payloadTcpPorts(rulesInForce(settings, packs))).not.toContain(5222);
  });
});

test('a problem is printed with its line and a caret below the place', () => {
  const [problem] = read('lan: [wlan0]\non_drop:\tdorp\n').problems;
  expect(problem === undefined ? '' : formatProblem(problem)).toBe(
    'own.yaml:2:10: "dorp" is none of the choices\n  2 | on_drop:\tdorp\n    |         \t^^^^\n  did you mean "drop"?\n',
  );
});

test('whatever is in a file, it is read whole or refused with a reason', () => {
  const shipped = shippedPolicy();
  const piece = fc.constantFrom(
    ...['\n', ' ', ': ', '- ', '[', ']', '{', '}', "'", '"', '*', '&a', '#', '\t', '|', 'null', '1e999', '.nan', '~'],
    ...['lan', 'allow', 'host', 'regex', 'port', 'ports', 'address', 'firewall', '(', '\\', '\u0000', '\ud800'],
  );
  const change = fc.tuple(fc.nat(shipped.length), fc.nat(40), fc.array(piece, { maxLength: 6 }));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      let text = shipped;
      for (const [at, gone, pieces] of changes) text = text.slice(0, at) + pieces.join('') + text.slice(at + gone);
      const { value, problems } = read(text);
      expect(value === null).toBe(problems.some(({ severity }) => severity === 'error'));
      for (const { place } of problems)
        if (place !== null) expect(place.column).toBeLessThanOrEqual(place.source.length + 1);
      problems.map(formatProblem);
    }),
    { numRuns: 200 },
  );
});
