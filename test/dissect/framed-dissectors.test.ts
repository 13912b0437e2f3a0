import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { qqCall } from '../../src/dissect/call/qq-call.ts';
import { wechatCall } from '../../src/dissect/call/wechat-call.ts';
import type { DatagramDissector, StreamDissector } from '../../src/dissect/dissector.ts';
import { mmtls } from '../../src/dissect/mmtls/mmtls.ts';
import { oicqTcp } from '../../src/dissect/oicq/tcp.ts';
import { oicqUdp } from '../../src/dissect/oicq/udp.ts';
import { NOT_THIS } from '../../src/dissect/outcome.ts';
import { qqMsf } from '../../src/dissect/qq-msf.ts';
import { wechatFrame } from '../../src/dissect/wechat-frame.ts';
import { wechatMedia } from '../../src/dissect/wechat-media.ts';
import { ascii, concat, hex, noise, u32 } from './hex.ts';
import { earlyHello, fullHello, fullServerHello, record, resumedHello, resumedServerHello } from './mmtls/samples.ts';
import { overTcp, packet } from './oicq/samples.ts';
import { checkDatagramStep, checkEverySplit, checkStreamStep, readStream } from './split-property.ts';

const streams: readonly (readonly [name: string, dissector: StreamDissector])[] = [
  ['wechat-frame', wechatFrame],
  ['mmtls', mmtls],
  ['wechat-media', wechatMedia],
  ['qq-msf', qqMsf],
  ['oicq over TCP', oicqTcp],
];
const datagrams: readonly (readonly [name: string, dissector: DatagramDissector])[] = [
  ['oicq over UDP', oicqUdp],
  ['wechat call', wechatCall],
  ['qq call', qqCall],
];

const frame = concat(u32(16 + 20), hex('0010 0001 000000ed 00000001'), noise(20));
const media = concat(hex('ab 00000030'), noise(43));
const msf = concat(u32(48), hex('0000000b 01 0000004d 00 0000000a'), ascii('100001'), noise(24));
const oicq = overTcp(packet(0x3c3d, 0x17, 1_000_001, 27));

const own: Readonly<Record<string, readonly Uint8Array[]>> = {
  'wechat-frame': [frame],
  mmtls: [resumedHello, fullHello, earlyHello],
  'wechat-media': [media],
  'qq-msf': [msf],
  'oicq over TCP': [oicq],
};

const othersOverTcp: readonly (readonly [name: string, bytes: Uint8Array])[] = [
  ['SSH', ascii('SSH-2.0-OpenSSH_9.6p1\r\n')],
  ['OpenVPN', concat(hex('0036 38'), noise(8), hex('00 00000001 6553f100'), noise(30))],
  ['OpenVPN, of 36 bytes', concat(hex('0024 38'), noise(35))],
  ['SOCKS 4', hex('04 01 01bb 5db8d822 00')],
  ['SOCKS 5', hex('05 01 00')],
  ['BitTorrent', concat(hex('13'), ascii('BitTorrent protocol'), new Uint8Array(48))],
  ['TLS 1.2', concat(hex('16 0301 0200 01 0001fc 0303'), noise(500))],
  ['SSL 2', hex('802e 01 0002 0015 0000 0010')],
  ['HTTP', ascii('GET / HTTP/1.1\r\nHost: example.org\r\n\r\n')],
  [
    'a forged mmtls request over HTTP',
    ascii('POST http://example.org/mmtls/2181af9c HTTP/1.1\r\nUpgrade: mmtls\r\n\r\n'),
  ],
  ['HTTP/2', ascii('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')],
  ['open Mars', hex('00000014 000000c8 00000006 00000001 00000000')],
  ['open Mars with a body', concat(hex('00000014 000000c8 000000ed 00000002 00000020'), noise(32))],
  ['RDP', hex('0300 0013 0e e00000 000000 01 0008 00 03000000')],
  ['MQTT', hex('10 0c 0004 4d515454 04 02 003c 0000')],
  ['DNS over TCP', hex('0021 1234 0100 0001 0000 0000 0000 07 6578616d706c65 03 6f7267 00 0001 0001')],
  ['Tor-like padding', concat(hex('0000'), new Uint8Array(100))],
  ['zeros', new Uint8Array(64)],
  ['ones', new Uint8Array(64).fill(0xff)],
];

const othersOverUdp: readonly (readonly [name: string, datagram: Uint8Array])[] = [
  ['a WireGuard initiation', concat(hex('01000000'), noise(144))],
  ['a WireGuard answer', concat(hex('02000000'), noise(88))],
  ['a WireGuard answer that ends in 03', concat(hex('02000000'), noise(87), hex('03'))],
  ['a WireGuard cookie', concat(hex('03000000'), noise(60))],
  ['WireGuard data', concat(hex('04000000'), noise(92))],
  ['OpenVPN', concat(hex('38'), noise(8), hex('00 00000001 6553f100'), noise(28))],
  ['a DHT ping', ascii('d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe')],
  ['uTP', concat(hex('4100'), noise(18))],
  ['a QUIC initial', concat(hex('c3 00000001 08'), noise(1194))],
  ['a STUN request', concat(hex('0001 0000 2112a442'), noise(12))],
  ['RTP', concat(hex('80 6f'), noise(170))],
  ['DTLS', concat(hex('16 feff 0000 000000000000 00c0'), noise(192))],
  ['a DNS question', hex('1234 0100 0001 0000 0000 0000 07 6578616d706c65 03 6f7267 00 0001 0001')],
  ['NTP', concat(hex('23 00 06 20'), noise(44))],
  ['nothing', Uint8Array.of()],
];

test('each is looked for on the ports it is known on', () => {
  const ports = [...streams, ...datagrams].map(([name, dissector]) => [name, dissector.ports]);
  expect(Object.fromEntries(ports)).toEqual({
    'wechat-frame': [80, 443, 8080, 14000],
    mmtls: [80, 443, 8080, 14000],
    'wechat-media': [80, 443, 8080, 14000],
    'qq-msf': [8080, 80, 443, 14000],
    'oicq over TCP': [80, 443, 8080],
    'oicq over UDP': [8000],
    'wechat call': 'any',
    'qq call': 'any',
  });
});

describe.each(streams)('%s', (name, { begin }) => {
  test.each(othersOverTcp)('is not seen in %s', (_, bytes) => {
    const outcome = checkStreamStep(begin, bytes);
    expect(outcome.kind).toBe('never');
  });

  test.each(streams.filter(([other]) => other !== name))('is not seen in %s', (other) => {
    for (const bytes of own[other] ?? []) expect(checkStreamStep(begin, bytes)).toEqual(NOT_THIS);
  });

  test('is seen in its own bytes', () => {
    for (const bytes of own[name] ?? []) expect(checkStreamStep(begin, bytes).kind).toBe('match');
  });

  test('keeps the laws of a step whatever it is shown, in both directions', () => {
    const [first] = own[name] ?? [];
    if (first === undefined) return expect.unreachable();
    const [answer] = readStream(begin, first).answers;
    if (typeof answer !== 'function') return expect.unreachable();
    fc.assert(
      fc.property(nearly, (bytes) => {
        checkStreamStep(begin, bytes);
        checkEverySplit(begin, bytes);
        checkStreamStep(answer, bytes);
        checkEverySplit(answer, bytes);
      }),
      { numRuns: 100, interruptAfterTimeLimit: 2_000 },
    );
  });

  test('comes to an end in a stream of any length', () => {
    for (const bytes of own[name] ?? []) {
      const { end } = readStream(begin, concat(...Array.from({ length: 50 }, () => bytes)));
      expect(end).not.toBe('more');
    }
  });
});

describe.each(datagrams)('%s', (_, { begin }) => {
  test.each(othersOverUdp)('is not seen in %s', (__, datagram) => {
    expect(checkDatagramStep(begin, datagram)).toEqual(NOT_THIS);
  });

  test('keeps the laws of a step whatever it is shown', () => {
    fc.assert(
      fc.property(fc.array(nearly, { minLength: 1, maxLength: 6 }), (shown) => {
        let step: typeof begin = begin;
        for (const datagram of shown) {
          const outcome = checkDatagramStep(step, datagram);
          if (outcome.kind === 'never' || typeof outcome.next !== 'function') return;
          step = outcome.next;
        }
      }),
      { numRuns: 500, interruptAfterTimeLimit: 2_000 },
    );
  });
});

/** Good messages of every protocol one after another, then a few bytes changed, and perhaps the end cut off. */
const nearly: fc.Arbitrary<Uint8Array> = fc
  .record({
    messages: fc.array(
      fc.oneof(
        fc.constantFrom(
          frame,
          media,
          msf,
          oicq,
          resumedHello,
          fullServerHello,
          resumedServerHello,
          record(0x17, noise(30)),
          packet(0x3b0b, 1, 1_000_001, 32),
          concat(hex('d10a2e0a'), noise(50)),
          concat(hex('28000000'), noise(50)),
        ),
        fc.uint8Array({ maxLength: 12 }),
      ),
      { minLength: 1, maxLength: 3 },
    ),
    changes: fc.array(fc.tuple(fc.nat(120), fc.nat(255)), { maxLength: 2 }),
    kept: fc.nat(260),
  })
  .map(({ messages, changes, kept }) => {
    const bytes = concat(...messages).subarray(0, Math.max(1, kept));
    for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
    return bytes;
  });
