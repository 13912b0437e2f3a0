import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Facts } from '../../src/dissect/facts.ts';
import { eveLine } from './eve-line.ts';
import { recordWith, ruleId } from './verdict-records.ts';

describe('a verdict in the log', () => {
  test('is one line of JSON in the words of EVE', () => {
    expect(eveLine(recordWith())).toBe(
      '{"timestamp":"2024-01-01T00:00:00.000000+0000","flow_id":7,"in_iface":"wlan0","event_type":"verdict",' +
        '"src_ip":"10.0.0.9","src_port":40000,"dest_ip":"192.0.2.1","dest_port":443,"proto":"TCP",' +
        '"ether":{"src_mac":"02:00:00:00:00:0a"},"app_proto":"tls","tls":{"sni":"video.example"},' +
        '"verdict":{"action":"drop","rule":null,"reason":"name-not-allowed"}}',
    );
  });

  test('leaves out what is not known', () => {
    const line = eveLine(
      recordWith({ inInterface: null, addresses: Uint8Array.of(10, 0, 0, 9, 192, 0, 2, 1), facts: null }),
    );
    expect(Object.keys(JSON.parse(line))).toEqual([
      'timestamp',
      'flow_id',
      'event_type',
      'src_ip',
      'src_port',
      'dest_ip',
      'dest_port',
      'proto',
      'verdict',
    ]);
  });

  test('names the rule that allowed', () => {
    const rule = ruleId('wechat/text/short-connection');
    const line = eveLine(recordWith({ action: 'allow', rule, reason: 'allowed-by-rule' }));
    expect(JSON.parse(line).verdict).toEqual({ action: 'allow', rule, reason: 'allowed-by-rule' });
  });

  test.each<{ facts: Facts; expected: object }>([
    {
      facts: { app: 'http', name: 'short.example', method: 'POST', path: '/mmtls/0?"x"' },
      expected: { http: { hostname: 'short.example', http_method: 'POST', url: '/mmtls/0?"x"' } },
    },
    { facts: { app: 'mmtls-http', name: 'short.example' }, expected: { http: { hostname: 'short.example' } } },
    { facts: { app: 'mmtls-http', name: null }, expected: {} },
    { facts: { app: 'tls', name: null, ech: false }, expected: { tls: {} } },
    { facts: { app: 'tls', name: 'outer.example', ech: true }, expected: { tls: { sni: 'outer.example', ech: true } } },
    { facts: { app: 'tls', name: null, ech: true }, expected: { tls: { ech: true } } },
    { facts: { app: 'quic', name: 'quic.example', ech: false }, expected: { quic: { sni: 'quic.example' } } },
    {
      facts: { app: 'dns', name: 'long.example', type: 28 },
      expected: { dns: { type: 'query', rrname: 'long.example', rrtype: 'AAAA' } },
    },
    {
      facts: { app: 'dns', name: 'long.example', type: 4711 },
      expected: { dns: { type: 'query', rrname: 'long.example', rrtype: '4711' } },
    },
    { facts: { app: 'wechat-frame', operation: 6 }, expected: { wechat_frame: { operation: 6 } } },
    { facts: { app: 'mmtls', hello: 'early-data' }, expected: { mmtls: { hello: 'early-data' } } },
    { facts: { app: 'wechat-media' }, expected: {} },
    { facts: { app: 'qq-msf', type: 11 }, expected: { qq_msf: { type: 11 } } },
    { facts: { app: 'oicq', version: 1, command: 2 }, expected: { oicq: { version: 1, command: 2 } } },
    { facts: { app: 'qq-call' }, expected: {} },
  ])('says what was recognised: $facts', ({ facts, expected }) => {
    const { app_proto, ...line } = JSON.parse(eveLine(recordWith({ facts })));
    const without = JSON.parse(eveLine(recordWith({ facts: null })));
    expect(app_proto).toBe(facts.app);
    expect(line).toEqual({ ...without, ...expected });
  });

  test.each([
    [1, 'ICMP'],
    [17, 'UDP'],
    [58, 'IPv6-ICMP'],
    [132, 'SCTP'],
    [254, '254'],
  ])('names protocol %d %s, and its ports only where it has some', (protocol, name) => {
    const line = JSON.parse(eveLine(recordWith({ protocol, facts: null })));
    expect(line.proto).toBe(name);
    expect('src_port' in line).toBe(protocol === 17);
    expect('dest_port' in line).toBe(protocol === 17);
  });

  test('counts the repeats it stands for, and names the capture that is replayed', () => {
    const replay = { pcapFilename: 'a "b".pcap' };
    expect(JSON.parse(eveLine(recordWith(), 12, replay))).toMatchObject({
      count: 12,
      pcap_filename: 'a "b".pcap',
    });
    expect(JSON.parse(eveLine(recordWith(), undefined, replay))).not.toHaveProperty('count');
  });

  test('stays one line of printable ASCII whatever names and reasons hold', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, text, text, text, (name, path, reason, inInterface) => {
        const line = eveLine(recordWith({ facts: { app: 'http', name, method: 'GET', path }, reason, inInterface }));
        expect(line).toMatch(/^[ -~]*$/);
        const parsed = JSON.parse(line);
        expect(parsed.http).toEqual({ hostname: name, http_method: 'GET', url: path });
        expect(parsed.verdict.reason).toBe(reason);
        expect(parsed.in_iface).toBe(inInterface);
      }),
      { numRuns: 500 },
    );
  });
});
