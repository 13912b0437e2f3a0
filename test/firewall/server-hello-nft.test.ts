import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Cursor } from '../../src/dissect/cursor.ts';
import { readServerHello } from '../../src/dissect/tls/server-hello.ts';
import { SERVER_HELLO_NFT } from '../../src/firewall/server-hello-nft.ts';
import { handshake } from '../dissect/client-hello/encode-client-hello.ts';
import { record } from '../dissect/tls/encode-records.ts';
import { beginsServerHello, RETRY_RANDOM } from '../judge/server-hello.ts';
import { matchesNft } from './nft-machine.ts';
import { BARE_IPV4, BARE_IPV6, ipv4Packet, ipv6Packet } from './packets.ts';

/** A segment with this payload behind a TCP header of so many 32-bit words. */
function segment(family: 4 | 6, tcpWords: number, payload: Uint8Array): Uint8Array {
  const parts = { tcpWords, payload: payload.length };
  const packet = family === 4 ? ipv4Packet({ ...BARE_IPV4, ...parts }) : ipv6Packet({ ...BARE_IPV6, ...parts });
  packet.set(payload, packet.length - payload.length);
  return packet;
}

function isMet(packet: Uint8Array): boolean {
  return SERVER_HELLO_NFT.some((condition) => matchesNft(condition, packet));
}

/** A ServerHello alone in its record: RFC 8446 §4.1.3, §5.1. */
function serverHello(random: Uint8Array, recordVersion = 0x0303, version = 0x0303): Uint8Array {
  const body = Uint8Array.of(version >> 8, version & 255, ...random, 0, 0x13, 0x01, 0, 0, 0);
  return record(22, handshake(2, body), recordVersion);
}

const RANDOM = new Uint8Array(32).fill(7);
const families = fc.constantFrom(4 as const, 6 as const);
const usualLengths = fc.constantFrom(5, 8);

test.each([
  ['TLS 1.0', 0x0301],
  ['TLS 1.1', 0x0302],
  ['TLS 1.2 and 1.3', 0x0303],
])('a server’s hello of %s is met, with time stamps and without', (_, version) => {
  for (const family of [4, 6] as const) {
    for (const words of [5, 8]) {
      expect(isMet(segment(family, words, serverHello(RANDOM, version, version)))).toBe(true);
    }
  }
});

test('a HelloRetryRequest is not, and neither is an alert, a request, or a hello cut off within its random', () => {
  const others = [
    serverHello(RETRY_RANDOM),
    serverHello(Uint8Array.of(...RETRY_RANDOM.subarray(0, 16), ...RANDOM.subarray(16))),
    Uint8Array.of(21, 3, 3, 0, 2, 2, 40, ...new Uint8Array(40)),
    Buffer.from(`HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(40)}`),
    serverHello(RANDOM).subarray(0, 26),
    new Uint8Array(0),
  ];
  for (const payload of others) {
    for (const family of [4, 6] as const) {
      for (const words of [5, 8]) expect(isMet(segment(family, words, payload))).toBe(false);
    }
  }
  expect(isMet(segment(4, 8, serverHello(RANDOM).subarray(0, 27)))).toBe(true);
});

test('what is met is what an independent reader takes for a beginning hello, however its bytes are changed', () => {
  const changes = fc.array(fc.tuple(fc.nat(26), fc.nat(255)), { maxLength: 3 });
  const randoms = fc.oneof(fc.constant(RANDOM), fc.constant(Uint8Array.from(RETRY_RANDOM)));
  fc.assert(
    fc.property(families, usualLengths, randoms, changes, fc.nat(60), (family, words, random, changed, length) => {
      const payload = serverHello(random).slice(0, length);
      for (const [at, value] of changed) if (at < payload.length) payload[at] = value;
      expect(isMet(segment(family, words, payload))).toBe(beginsServerHello(payload));
    }),
    { numRuns: 2_000 },
  );
});

test('no header of another length is taken for one of the usual', () => {
  for (const family of [4, 6] as const) {
    for (const words of [6, 7, 9, 10, 11, 12, 13, 14, 15]) {
      expect(isMet(segment(family, words, serverHello(RANDOM)))).toBe(false);
    }
  }
});

test('what user space would take for a retry is never met', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.boolean(), (random, isRetry) => {
      const message = serverHello(isRetry ? RETRY_RANDOM : random);
      const read = readServerHello(new Cursor(message, 9));
      if (read.kind !== 'hello') throw new Error(`not read: ${read.code}`);
      expect(isMet(segment(4, 8, message))).toBe(!read.retry);
    }),
  );
});
