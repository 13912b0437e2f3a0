import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AddressPrefix } from '../../src/classify/address-prefix.ts';
import { carries } from '../../src/classify/app-protocol.ts';
import { compileRules } from '../../src/classify/compile.ts';
import type { NamePattern } from '../../src/classify/name-pattern.ts';
import type { PathPattern } from '../../src/classify/path-pattern.ts';
import { payloadTcpPorts } from '../../src/classify/payload-ports.ts';
import { knownPorts, type PortRange } from '../../src/classify/port-range.ts';
import { type Rule, ruleId } from '../../src/classify/rule.ts';
import type { AppProtocol, Facts } from '../../src/dissect/facts.ts';
import { dns, http, mmtlsHttp, quic, tcp, tls, udp } from './flows.ts';
import { actionOf, firstAllowing } from './oracle.ts';

function rule(id: string, given: Partial<Omit<Rule, 'id'>>): Rule {
  return {
    id: ruleId(id),
    apps: ['http', 'tls'],
    names: [],
    ports: knownPorts(80, 443),
    addresses: [],
    paths: [],
    knownFrom: 'test',
    file: 'test',
    line: 1,
    ...given,
  };
}

const exact = (name: string): NamePattern => ({ kind: 'exact', name });
const below = (name: string): NamePattern => ({ kind: 'below', name });

describe('a compiled policy answers as asking one rule after the other does', () => {
  const label = fc.constantFrom('a', 'b', 'cn', 'qq', 'x-y');
  const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
  const pattern: fc.Arbitrary<NamePattern> = fc.oneof(
    name.map(exact),
    name.map(below),
    fc
      .constantFrom('^a', 'qq$', '^(a|b)\\.cn$', 'A.', 'x-y', '[ab]\\.qq')
      .map((source): NamePattern => ({ kind: 'expression', source })),
  );
  const port = fc.constantFrom(53, 80, 443, 8080, 9000);
  const ports: fc.Arbitrary<PortRange> = fc
    .tuple(fc.constantFrom('tcp' as const, 'udp' as const, null), port, port)
    .map(([transport, one, other]) => ({ transport, first: Math.min(one, other), last: Math.max(one, other) }));
  const byte = fc.constantFrom(0, 1, 10, 128, 255);
  const address = fc.oneof(
    fc.array(byte, { minLength: 4, maxLength: 4 }),
    fc.array(byte, { minLength: 16, maxLength: 16 }),
  );
  const prefix: fc.Arbitrary<AddressPrefix> = fc.tuple(address, fc.nat(128)).map(([bytes, wanted]) => {
    const bits = Math.min(wanted, bytes.length * 8);
    return { bits, bytes: bytes.map((value, i) => value & (0xff00 >> Math.min(8, Math.max(0, bits - i * 8))) & 0xff) };
  });
  const path: fc.Arbitrary<PathPattern> = fc.record({
    kind: fc.constantFrom('exact' as const, 'prefix' as const),
    path: fc.constantFrom('/', '/a', '/a/b'),
  });
  const apps = fc.uniqueArray(fc.constantFrom<AppProtocol>('http', 'tls', 'quic', 'mmtls-http', 'mmtls', 'oicq'), {
    minLength: 1,
  });
  const some = <T>(values: fc.Arbitrary<T>) => fc.array(values, { maxLength: 3 });
  const drafts = fc.array(
    fc.oneof(
      { weight: 5, arbitrary: fc.record({ apps, names: some(pattern), ports: some(ports), addresses: some(prefix) }) },
      { weight: 2, arbitrary: fc.record({ names: some(pattern), ports: some(ports), paths: some(path) }) },
      {
        weight: 1,
        arbitrary: fc.record({ apps: fc.constant('any' as const), ports: some(ports), addresses: some(prefix) }),
      },
    ),
    { maxLength: 12 },
  );
  const rules = drafts.map((all) => all.map((draft, i) => rule(`r/${i}`, draft)));
  const facts: fc.Arbitrary<Facts> = fc.oneof(
    fc.option(name).map(tls),
    fc.option(name).map(quic),
    fc.option(name).map(mmtlsHttp),
    fc.tuple(name, fc.constantFrom('/', '/a', '/a?b', '/a/b', '/ab')).map(([host, at]) => http(host, at)),
    name.map(dns),
    fc.constant<Facts>({ app: 'mmtls', hello: 'full' }),
    fc.constant<Facts>({ app: 'oicq', version: 1, command: 1 }),
  );
  const endpoint = fc.record({
    transport: fc.constantFrom('tcp' as const, 'udp' as const),
    port,
    address: address.map((bytes) => Uint8Array.from(bytes)),
  });

  test('of recognised flows', () => {
    fc.assert(
      fc.property(rules, fc.array(fc.tuple(facts, endpoint), { maxLength: 12 }), (all, flows) => {
        const policy = compileRules(all);
        for (const [what, to] of [...flows, ...flows]) {
          const allowed = firstAllowing(all, what, to);
          expect(
            actionOf(allowed, policy.decide(what, to)),
            `${allowed?.id} ${JSON.stringify(policy.decide(what, to))}`,
          ).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('at the start, where it answers nothing else than it would later', () => {
    fc.assert(
      fc.property(rules, facts, endpoint, (all, what, to) => {
        fc.pre(carries(to.transport, what.app));
        const policy = compileRules(all);
        const early = policy.decideAtStart(to);
        const open = firstAllowing(all, null, to);
        if (open !== null) expect(early).toEqual({ action: 'allow', rule: open.id });
        else if (early !== null) {
          expect(early.action).toBe('deny');
          expect(policy.decide(what, to).action).toBe('deny');
        }
        if (to.transport === 'tcp' && !payloadTcpPorts(all).includes(to.port)) expect(early).not.toBeNull();
      }),
      { numRuns: 200 },
    );
  });
});

describe('a refusal says what stood in the way', () => {
  const rules = [
    rule('web', { names: [exact('allowed.cn')] }),
    rule('below', { names: [below('below.cn')], apps: ['tls'] }),
    rule('page', { names: [exact('page.cn')], apps: ['http'], paths: [{ kind: 'exact', path: '/only' }] }),
    rule('frames', { apps: ['mmtls'], ports: knownPorts(8080) }),
    rule('apple', { apps: ['tls'], ports: knownPorts('tcp/5223'), addresses: [{ bytes: [17, 0, 0, 0], bits: 8 }] }),
    rule('messages', { apps: ['qq-msf'], ports: knownPorts(8080), addresses: [{ bytes: [17, 0, 0, 0], bits: 8 }] }),
  ];
  const policy = compileRules(rules);
  test.each([
    ['name-not-allowed', tls('other.cn'), tcp(443)],
    ['name-not-allowed', tls('below.cn'), tcp(443)],
    ['name-not-allowed', tls('notbelow.cn'), tcp(443)],
    ['name-not-allowed', tls(''), tcp(443)],
    ['name-not-allowed', dns('other.cn'), udp(53)],
    ['name-not-allowed', dns('allowed.cn.evil.cn'), udp(53)],
    ['no-name', tls(null), tcp(443)],
    ['no-name', tls(null), tcp(5223)],
    ['protocol-not-allowed', quic('allowed.cn'), udp(443)],
    ['protocol-not-allowed', { app: 'wechat-media' } as const, tcp(443)],
    ['protocol-not-allowed-for-this-name', http('a.below.cn'), tcp(80)],
    ['protocol-not-allowed-on-this-port', { app: 'mmtls', hello: 'full' } as const, tcp(443)],
    ['protocol-not-allowed-on-this-port', dns('allowed.cn'), udp(5353)],
    ['port-not-allowed-for-this-name', tls('allowed.cn'), tcp(444)],
    ['address-not-allowed', { app: 'qq-msf', type: 10 } as const, tcp(8080)],
    ['path-not-allowed', http('page.cn', '/other'), tcp(80)],
    ['path-not-allowed', http('page.cn', '/only/more'), tcp(80)],
  ])('%s', (reason, facts, to) => {
    expect(policy.decide(facts, to)).toEqual({ action: 'deny', reason });
  });

  test('port-not-allowed, before any payload', () => {
    expect(policy.decideAtStart(tcp(22))).toEqual({ action: 'deny', reason: 'port-not-allowed' });
    expect(policy.decideAtStart(udp(443))).toEqual({ action: 'deny', reason: 'port-not-allowed' });
    expect(policy.decideAtStart(udp(53))).toBeNull();
    expect(policy.decideAtStart(tcp(443))).toBeNull();
  });
});

describe('a name is matched', () => {
  const policy = compileRules([
    rule('web', { names: [exact('example.cn'), below('example.cn')] }),
    rule('late', { names: [exact('example.cn')] }),
  ]);

  test.each(['example.cn', 'a.example.cn', 'a.b.example.cn'])('%s passes', (name) => {
    expect(policy.decide(tls(name), tcp(443))).toEqual({ action: 'allow', rule: 'web' });
  });
  test.each(['xexample.cn', 'example.cn.evil.cn', 'example.com', 'cn', '', '.example.com'])('%j does not', (name) => {
    expect(policy.decide(tls(name), tcp(443)).action).toBe('deny');
  });
  test('with the search domain a network added, for lookups only', () => {
    expect(policy.decide(dns('a.example.cn.lan'), udp(53))).toEqual({ action: 'allow', rule: 'web' });
    expect(policy.decide(dns('other.cn.lan'), udp(53)).action).toBe('deny');
    expect(policy.decide(dns('a.example.cn.com'), udp(53)).action).toBe('deny');
    expect(policy.decide(tls('a.example.cn.lan'), tcp(443)).action).toBe('deny');
  });
});

test('a rule without names never answers for a flow that says one', () => {
  const policy = compileRules([rule('nameless', { apps: ['tls', 'mmtls-http'] })]);
  expect(policy.decide(tls(null), tcp(443)).action).toBe('allow');
  expect(policy.decide(tls('any.cn'), tcp(443)).action).toBe('deny');
  expect(policy.decide(mmtlsHttp('any.cn'), tcp(443)).action).toBe('deny');
});

test('ports open to anything are decided at once and left out of the ports where payload has to tell', () => {
  const rules = [
    rule('open', { apps: 'any', ports: knownPorts('tcp/443') }),
    rule('web', { names: [exact('example.cn')] }),
  ];
  expect(payloadTcpPorts(rules)).toEqual([53, 80]);
  expect(compileRules(rules).decideAtStart(tcp(443))).toEqual({ action: 'allow', rule: 'open' });
});
