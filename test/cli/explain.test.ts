import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { explain } from '../../src/cli/explain.ts';

const folder = mkdtempSync(join(tmpdir(), 'chatgate-explain-'));
afterAll(() => rmSync(folder, { recursive: true }));

const own = join(folder, 'own.yaml');
writeFileSync(
  own,
  'lan: [wlan0]\nallow:\n  - wechat\n  - connectivity-check\n  - push\n  - port: 8443\n  - host: own.example.cn\n',
);
const hex = (bytes: string) => `hex:${Buffer.from(bytes, 'latin1').toString('hex')}`;

describe('what is allowed is explained with its rule, where that stands and where it is known from', () => {
  test.each([
    [
      'short.weixin.qq.com',
      /wechat\/text\/short-connection: http, mmtls-http, tls on 80, 443, 8080.*\n.*rules\/wechat\.yaml:\d+, known from S, R/,
    ],
    ['SHORT.weixin.qq.com.', /wechat\/text\/short-connection/],
    ['tls:web.wechat.com', /wechat\/web\/pages-abroad/],
    ['quic:quic.weixin.qq.com', /wechat\/text\/quic: quic on udp\/443/],
    ['dns:wx.qlogo.cn', /wechat\/pictures\/avatars/],
    ['dns:web.wechat.com.lan', /wechat\/web\/pages-abroad/],
    ['http:www.google.com/generate_204', /only \/generate_204/],
    ['own.example.cn', /owner\/host:own\.example\.cn.*\n.*own\.yaml:7, known from the owner/],
    ['hex:00000010 00100001 00000006 0000000f', /wechat-frame over tcp: recognised, operation 6\n {2}allowed on tcp/],
    [
      hex('GET / HTTP/1.1\r\nHost: wx.qlogo.cn\r\n\r\n'),
      /http over tcp: recognised, name wx\.qlogo\.cn.*\n {2}allowed on tcp 80/,
    ],
  ])('%s', (what, text) => {
    const { exitCode, stdout, stderr } = explain(what, own);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(text);
  });
});

describe('what is not allowed is explained with what would allow it', () => {
  test.each([
    [
      'finder.video.qq.com',
      /name-not-allowed\n[\s\S]*wechat\/channels would allow it and is off[\s\S]*- wechat\/channels\n {4}- host: finder\.video\.qq\.com/,
    ],
    ['msfwifi.3g.qq.com', /- qq\/text\n/],
    ['shrot.weixin.qq.com', /Did you mean short\.weixin\.qq\.com\?/],
    ['dns:example.net', /- host: example\.net/],
    [
      'tls:www.google.com',
      /protocol-not-allowed-for-this-name[\s\S]*What is allowed of this name:\n.*only \/generate_204/,
    ],
    ['http:www.google.com/search', /path-not-allowed/],
    ['quic:short.weixin.qq.com', /protocol-not-allowed-for-this-name/],
    [hex('GET / HTTP/1.1\r\nHost: example.net\r\n\r\n'), /name-not-allowed/],
    ['hex:160301', /tls over tcp: fits so far; at least 2 more bytes/],
    ['hex:ffffffffffffffffffff', /Nothing is recognised in these 10 bytes/],
  ])('%s', (what, text) => {
    const { exitCode, stdout, stderr } = explain(what, own);
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    expect(stdout).toMatch(text);
  });
});

describe('a wrong question ends with 2 and says how to ask', () => {
  test.each(['', 'https://example.cn', '*.example.cn', '192.0.2.1', 'hex:', 'hex:123', 'hex:xy', 'tls:', 'tls:a/b'])(
    '%j',
    (what) => {
      const { exitCode, stdout, stderr } = explain(what, own);
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
      expect(stderr).toContain('hex:BYTES');
    },
  );
});

test('a wrong policy file ends with 2 and its errors', () => {
  const bad = join(folder, 'bad.yaml');
  writeFileSync(bad, 'alow: []');
  expect(explain('wx.qq.com', bad)).toMatchObject({ exitCode: 2, stdout: '' });
  expect(explain('wx.qq.com', bad).stderr).toContain('did you mean "allow"?');
  expect(explain('wx.qq.com', join(folder, 'nowhere')).stderr).toContain('no such file');
});

test('a port that is open to everything answers for every name there', () => {
  const open = join(folder, 'open.yaml');
  writeFileSync(open, 'lan: [wlan0]\nallow: [port: 443]');
  expect(explain('tls:example.net', open)).toMatchObject({ exitCode: 0 });
  expect(explain('tls:example.net', open).stdout).toContain('owner/port:tcp/443: anything on tcp/443');
  expect(explain('quic:example.net', open)).toMatchObject({ exitCode: 1 });
});
