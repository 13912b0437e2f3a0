import pc from 'picocolors';
import { describe, expect, test } from 'vitest';
import { printable, verdictText } from '../../src/cli/verdict-text.ts';
import type { LoggedVerdict } from '../../src/log/eve-reader.ts';

const DROPPED: LoggedVerdict = {
  atMs: new Date(2024, 0, 9, 14, 3, 22).getTime(),
  action: 'drop',
  client: '10.0.0.9',
  clientPort: 40_000,
  server: '192.0.2.1',
  serverPort: 443,
  name: 'video.example',
  app: 'tls',
  rule: null,
  reason: 'name-not-allowed',
  count: 1,
};

describe('a verdict for people', () => {
  test.each<[string, Partial<LoggedVerdict>, string]>([
    ['a drop', {}, '2024-01-09 14:03:22 drop  10.0.0.9:40000        → video.example:443  tls  name-not-allowed'],
    [
      'repeats',
      { count: 12 },
      '2024-01-09 14:03:22 drop  10.0.0.9:40000        → video.example:443  tls  name-not-allowed  ×12',
    ],
    [
      'an allow',
      { action: 'allow', rule: 'wechat/text', reason: 'allowed-by-rule' },
      '2024-01-09 14:03:22 allow 10.0.0.9:40000        → video.example:443  tls  wechat/text',
    ],
    [
      'IPv6 without a name',
      { client: '2001:db8::9', server: '2001:db8::1', name: null, app: 'udp' },
      '2024-01-09 14:03:22 drop  [2001:db8::9]:40000   → [2001:db8::1]:443  udp  name-not-allowed',
    ],
    [
      'no ports',
      { clientPort: null, serverPort: null, name: null, app: 'icmp', server: '2001:db8::1' },
      '2024-01-09 14:03:22 drop  10.0.0.9              → 2001:db8::1  icmp  name-not-allowed',
    ],
    [
      'no time',
      { atMs: Number.NaN },
      '?                   drop  10.0.0.9:40000        → video.example:443  tls  name-not-allowed',
    ],
  ])('%s', (_, changes, text) => {
    expect(verdictText({ ...DROPPED, ...changes }, pc.createColors(false))).toBe(text);
  });

  test('shows drop red and allow green where there are colours', () => {
    const colors = pc.createColors(true);
    expect(verdictText(DROPPED, colors)).toContain('\x1b[31mdrop ');
    expect(verdictText({ ...DROPPED, action: 'allow' }, colors)).toContain('\x1b[32mallow');
  });

  test('cannot be used to talk to the terminal', () => {
    const evil = '\x1b]0;title\x07\u009b31m\u202e';
    const text = verdictText({ ...DROPPED, name: evil, app: evil, reason: evil, client: evil }, pc.createColors(false));
    expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(printable('a\x1bb\tc')).toBe('a\\u{1b}b\tc');
  });
});
