import { describe, expect, test } from 'vitest';
import type { Facts } from '../../src/dissect/facts.ts';
import { nameOf } from '../../src/dissect/facts.ts';
import { readVerdict } from '../../src/log/eve-reader.ts';
import { eveLine } from './eve-line.ts';
import { recordWith, ruleId } from './verdict-records.ts';

describe('reading the log back', () => {
  test('gives what was written', () => {
    expect(readVerdict(eveLine(recordWith(), 3))).toEqual({
      atMs: Date.UTC(2024, 0, 1),
      action: 'drop',
      client: '10.0.0.9',
      clientPort: 40_000,
      server: '192.0.2.1',
      serverPort: 443,
      name: 'video.example',
      app: 'tls',
      rule: null,
      reason: 'name-not-allowed',
      count: 3,
    });
  });

  test('gives the rule that allowed, and null for ports there are not', () => {
    const record = recordWith({ action: 'allow', rule: ruleId('a/b'), protocol: 1, facts: null });
    expect(readVerdict(eveLine(record))).toMatchObject({
      action: 'allow',
      rule: 'a/b',
      clientPort: null,
      serverPort: null,
      name: null,
      app: 'icmp',
      count: 1,
    });
  });

  test.each<Facts>([
    { app: 'http', name: 'a.example', method: 'GET', path: '/' },
    { app: 'mmtls-http', name: 'a.example' },
    { app: 'tls', name: 'a.example', ech: true },
    { app: 'quic', name: 'a.example', ech: false },
    { app: 'quic', name: null, ech: false },
    { app: 'dns', name: 'a.example', type: 1 },
    { app: 'mmtls', hello: 'full' },
  ])('finds the name in $app', (facts) => {
    const { app, name } = readVerdict(eveLine(recordWith({ facts }))) ?? {};
    expect({ app, name }).toEqual({ app: facts.app, name: nameOf(facts) });
  });

  test.each([
    '',
    'some text',
    '{"event_type":"verdict"',
    '{"event_type":"alert"}',
    '{"event_type":"verdict"}',
    '[]',
    'null',
    '{"event_type":"verdict","src_ip":1,"dest_ip":"b","proto":"TCP","verdict":{"action":"drop","rule":null,"reason":"x"}}',
  ])('is not taken in by %s', (line) => {
    expect(readVerdict(line)).toBeNull();
  });
});
