import { describe, expect, test } from 'vitest';
import { compilePolicy } from '../../src/classify/rules-in-force.ts';
import { parseSettings } from '../../src/classify/settings.ts';
import { http, tcp, tls } from '../classify/flows.ts';
import { shippedPacks } from '../classify/shipped-packs.ts';

const packs = shippedPacks();

function allowing(...names: string[]) {
  const { value } = parseSettings(`allow: [${names.join(', ')}]`, 'test', packs);
  return compilePolicy(value ?? { allow: [] }, packs);
}

const verbatim = allowing('documented');
const hardened = allowing('wechat');

const HTTP = (name: string) => http(name);
const TLS = (name: string) => tls(name);

describe('the documented names pass the documented expressions and the hardened ones', () => {
  test.each([
    [HTTP, 'short.weixin.qq.com'],
    [HTTP, 'mmsns.qpic.cn'],
    [HTTP, 'mmbiz.qpic.cn'],
    [TLS, 'wx.qq.com'],
    [TLS, 'weixin.qq.com'],
    [TLS, 'res.wx.qq.com'],
  ])('%o %s', (facts, name) => {
    expect(verbatim.decide(facts(name), tcp(443)).action).toBe('allow');
    expect(hardened.decide(facts(name), tcp(443)).action).toBe('allow');
  });
});

describe('names that only resemble them pass the documented expressions alone', () => {
  test.each([
    [HTTP, 'short.weixin.qq.com.example.net'],
    [HTTP, 'shortxweixin.qq.com'],
    [HTTP, 'short-weixin-qq-com.example.net'],
    [HTTP, 'mmsnsxqpic.cn'],
    [HTTP, 'mmbiz.qpic.cn.example.net'],
    [TLS, 'wx-qq.com'],
    [TLS, 'weixin.qq.com.example.net'],
    [TLS, 'resxwx.qq.com'],
    [TLS, 'res.wx.qq.community'],
  ])('%o %s', (facts, name) => {
    expect(verbatim.decide(facts(name), tcp(443)).action).toBe('allow');
    expect(hardened.decide(facts(name), tcp(443)).action).toBe('deny');
  });
});

describe('other names pass neither', () => {
  test.each([
    [HTTP, 'ashort.weixin.qq.com'],
    [HTTP, 'example.net'],
    [TLS, 'v.qq.com'],
    [TLS, 'awx.qq.com'],
  ])('%o %s', (facts, name) => {
    expect(verbatim.decide(facts(name), tcp(443)).action).toBe('deny');
    expect(hardened.decide(facts(name), tcp(443)).action).toBe('deny');
  });
});
