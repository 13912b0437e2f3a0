import { describe, expect, test } from 'vitest';
import { payloadTcpPorts } from '../../src/classify/payload-ports.ts';
import { compilePolicy, rulesInForce } from '../../src/classify/rules-in-force.ts';
import { defaultSettings, parseSettings } from '../../src/classify/settings.ts';
import type { Facts } from '../../src/dissect/facts.ts';
import { dns, http, mmtlsHttp, quic, tcp, tls, udp } from '../classify/flows.ts';
import { shippedPacks, shippedPolicy } from '../classify/shipped-packs.ts';

const packs = shippedPacks();
const policy = compilePolicy(defaultSettings(packs), packs);
const tcpPorts = payloadTcpPorts(rulesInForce(defaultSettings(packs), packs));

test('the shipped file is free of errors and doubts, and says what holds without a file', () => {
  const { value, problems } = parseSettings(shippedPolicy(), 'chatgate.yaml', packs);
  expect(problems).toEqual([]);
  const withoutLines = (allow: readonly object[] = []) => allow.map((entry) => ({ ...entry, line: 0 }));
  expect({ ...value, allow: withoutLines(value?.allow) }).toEqual({
    ...defaultSettings(packs),
    lan: ['wlan0'],
    allow: withoutLines(defaultSettings(packs).allow),
  });
});

test('settings and packs reach a worker whole', () => {
  const settings = structuredClone(defaultSettings(packs));
  const elsewhere = compilePolicy(settings, structuredClone(packs));
  expect(payloadTcpPorts(rulesInForce(settings, structuredClone(packs)))).toEqual(tcpPorts);
  expect(elsewhere.decide(tls('wx.qq.com'), tcp(443))).toEqual(policy.decide(tls('wx.qq.com'), tcp(443)));
});

test('payload has to tell on the ports that chat uses', () => {
  expect(tcpPorts).toEqual([53, 80, 443, 5223, 5228, 5229, 5230, 8080, 14000]);
});

describe('the names asked for at start pass, as lookups and as hosts', () => {
  test.each([
    'support.weixin.qq.com',
    'short.weixin.qq.com',
    'long.weixin.qq.com',
    'dns.weixin.qq.com',
    'wx.qlogo.cn',
    'monitor.uu.qq.com',
    '3gimg.qq.com',
    'msfwifi.3g.qq.com',
    'kiss.3g.qq.com',
  ])('%s', (name) => {
    expect(policy.decide(dns(name), udp(53)).action).toBe('allow');
    expect(policy.decide(dns(name), tcp(53)).action).toBe('allow');
    for (const port of [80, 8080]) expect(policy.decide(http(name), tcp(port)).action).toBe('allow');
    expect(policy.decide(tls(name), tcp(443)).action).toBe('allow');
  });
});

describe('every kind of chat passes', () => {
  const passing: [rule: string, facts: Facts, to: ReturnType<typeof tcp>][] = [
    ['wechat/text/short-connection', mmtlsHttp('short.weixin.qq.com'), tcp(80)],
    ['wechat/text/regions', mmtlsHttp('szextshort.weixin.qq.com'), tcp(80)],
    ['wechat/text/regions', http('hkextshort.weixin.qq.com', '/cgi-bin/micromsg-bin/x'), tcp(80)],
    ['wechat/text/regions', tls('sh2tjlong.weixin.qq.com'), tcp(443)],
    ['wechat/text/regions', tls('sgaxshort.wechat.com'), tcp(443)],
    ['wechat/text/ilink', tls('szilinkshort.weixin.qq.com'), tcp(443)],
    ['wechat/text/http-dns', http('dns.weixin.qq.com', '/cgi-bin/micromsg-bin/newgetdns?uin=1'), tcp(8080)],
    ['wechat/text/http-dns-elsewhere', http('dns.weixin.qq.com.cn'), tcp(80)],
    ['wechat/text/long-connection', { app: 'wechat-frame', operation: 6 }, tcp(8080)],
    ['wechat/text/long-connection', { app: 'mmtls', hello: 'resumed' }, tcp(443)],
    ['wechat/text/short-connection-by-address', mmtlsHttp(null), tcp(80)],
    ['wechat/text/quic', quic('szquic.weixin.qq.com'), udp(443)],
    ['wechat/text/quic', quic('sgquic.wechat.com'), udp(443)],
    ['wechat/pictures/moments', http('mmsns.qpic.cn'), tcp(80)],
    ['wechat/pictures/moments', tls('mmbiz.qpic.cn'), tcp(443)],
    ['wechat/pictures/more-pictures', tls('szmmsns.qpic.cn'), tcp(443)],
    ['wechat/pictures/chat-to-chat', tls('abc.c2c.wechat.com'), tcp(443)],
    ['wechat/pictures/files', tls('weixinc2c.tc.qq.com'), tcp(443)],
    ['wechat/pictures/media-transfer', { app: 'wechat-media' }, tcp(14000)],
    ['wechat/pay/pay', tls('szshort.pay.weixin.qq.com'), tcp(443)],
    ['wechat/pay/pay', tls('short.mixpay.wechatpay.cn'), tcp(443)],
    ['wechat/pay/tenpay', tls('wx.tenpay.com'), tcp(443)],
    ['wechat/mini-programs/shell', tls('servicewechat.com'), tcp(443)],
    ['wechat/mini-programs/resources', tls('res.wx.qq.com'), tcp(443)],
    ['wechat/web/documented', tls('wx.qq.com'), tcp(443)],
    ['wechat/web/sync', tls('webpush.weixin.qq.com'), tcp(443)],
    ['wechat/web/pages-abroad', tls('web.wechat.com'), tcp(443)],
    ['wechat/web/pages-abroad', tls('login.web.wechat.com'), tcp(443)],
    ['wechat/calls/call', { app: 'wechat-call' }, udp(16_000)],
    ['qq/calls/call', { app: 'qq-call' }, udp(16_000)],
    ['qq/text/message-service', { app: 'qq-msf', type: 10 }, tcp(14_000)],
    ['qq/text/oicq', { app: 'oicq', version: 0x3b0b, command: 2 }, udp(8000)],
    ['qq/text/oicq', { app: 'oicq', version: 0x3c3d, command: 2 }, tcp(443)],
    ['qq/pictures/pictures', tls('multimedia.nt.qq.com.cn'), tcp(443)],
    ['qq/pictures/pictures', tls('njc-download.qfile.qq.com'), tcp(443)],
    ['push/apple/courier', tls('41-courier.push.apple.com'), tcp(5223)],
    ['push/apple/courier-by-address', tls(null), tcp(5223, Uint8Array.of(17, 57, 8, 1))],
    ['push/google/talk', tls('alt2-mtalk.google.com'), tcp(443)],
    ['push/google/talk', tls('mtalk.google.com'), tcp(5228)],
    ['connectivity-check/apple/captive', http('captive.apple.com', '/hotspot-detect.html'), tcp(80)],
    ['connectivity-check/apple/success', http('www.apple.com', '/library/test/success.html'), tcp(80)],
    ['connectivity-check/android/google', tls('connectivitycheck.gstatic.com'), tcp(443)],
    ['connectivity-check/android/google-by-path', http('www.google.com', '/generate_204'), tcp(80)],
    ['connectivity-check/android/google-by-path', http('www.gstatic.com', '/generate_204'), tcp(80)],
    ['connectivity-check/android/more-makers', http('conn2.oppomobile.com', '/generate_204'), tcp(80)],
    ['connectivity-check/android/qualcomm', http('www.qualcomm.cn', '/generate_204'), tcp(80)],
    ['connectivity-check/windows/status', http('www.msftconnecttest.com', '/connecttest.txt'), tcp(80)],
  ];
  test.each(passing)('%s', (rule, facts, to) => {
    expect(policy.decideAtStart(to)).toBeNull();
    expect(policy.decide(facts, to)).toEqual({ action: 'allow', rule });
    if ('name' in facts && facts.name !== null) expect(policy.decide(dns(facts.name), udp(53)).action).toBe('allow');
  });
});

describe('what is not chat does not pass', () => {
  const refused: [facts: Facts, to: ReturnType<typeof tcp>][] = [
    ...[
      'qq.com',
      'www.qq.com',
      'v.qq.com',
      'video.qq.com',
      'vv.video.qq.com',
      'y.qq.com',
      'map.qq.com',
      'gtimg.com',
      'i.gtimg.cn',
      'game.qq.com',
      'finder.video.qq.com',
      'channels.weixin.qq.com',
      'szfindershort.weixin.qq.com',
      'weixin.qq.com.example.net',
      'short.weixin.qq.com.example.net',
      'xshort.weixin.qq.com',
      'www.google.com',
      'www.gstatic.com',
      'www.apple.com',
      'push.apple.com',
      'google.com',
      'youtube.com',
    ].map((name): [Facts, ReturnType<typeof tcp>] => [tls(name), tcp(443)]),
    [tls(null), tcp(443)],
    [tls(null), tcp(5223)],
    [quic('short.weixin.qq.com'), udp(443)],
    [quic(null), udp(443)],
    [http('www.google.com', '/search?q=generate_204'), tcp(80)],
    [http('www.google.com', '/generate_204/../search'), tcp(80)],
    [http('www.apple.com', '/'), tcp(80)],
    [mmtlsHttp('example.net'), tcp(80)],
    [{ app: 'mmtls', hello: 'full' }, tcp(5228)],
    [{ app: 'oicq', version: 1, command: 1 }, udp(9000)],
    [tls('short.weixin.qq.com'), tcp(5228)],
    [dns('v.qq.com'), udp(53)],
    [dns('tunnel.example.net'), udp(53)],
  ];
  test.each(refused)('%j', (facts, to) => {
    expect(policy.decide(facts, to).action).toBe('deny');
  });

  test.each([tcp(22), tcp(25), tcp(853), tcp(1935), udp(123), udp(500), udp(853)])('port %j', (to) => {
    expect(policy.decideAtStart(to)).toEqual({ action: 'deny', reason: 'port-not-allowed' });
  });
});

test('Channels pass where the owner wants them', () => {
  const { value } = parseSettings('lan: [wlan0]\nallow: [wechat/channels]', 'test', packs);
  const channels = compilePolicy(value ?? { allow: [] }, packs);
  expect(channels.decide(tls('szfindershort.weixin.qq.com'), tcp(443))).toEqual({
    action: 'allow',
    rule: 'wechat/channels/lists',
  });
  expect(channels.decide(tls('short.weixin.qq.com'), tcp(443)).action).toBe('deny');
});

test('rules of connectivity checks and push are told apart from chat by their ids', () => {
  for (const { service, rules } of packs) for (const { id } of rules) expect(id.startsWith(`${service}/`)).toBe(true);
});
