import { describe, expect, it } from 'vitest';
import { hex } from '../hex.ts';
import {
  converse,
  facts,
  fromClient,
  initial,
  message,
  PING,
  piece,
  quicHello,
  SERVER_ID,
  serverInitial,
  whole,
} from './conversation.ts';
import { cryptoFrame, sealedPacket } from './encode-initial.ts';

describe('a flow', () => {
  it.each<readonly [string, readonly Uint8Array[]]>([
    ['an Initial', [serverInitial]],
    [
      'a Handshake packet that overtook it',
      [sealedPacket('handshake', { destinationId: hex(''), sourceId: SERVER_ID })],
    ],
    ['an Initial of a compatible version', [sealedPacket('initial', { version: 'v2', sourceId: SERVER_ID })]],
    ['an Initial that short headers overtook', [...Array(10).fill(hex('41 00 01')), serverInitial]],
    ['an Initial whose fixed bit is greased', [serverInitial.with(0, (serverInitial[0] ?? 0) & 0xbf)]],
    ['an Initial that short headers with a greased fixed bit overtook', [hex('01 00 01'), serverInitial]],
  ])('is settled by %s of the server', (_, answers) => {
    const course = converse(['client', whole], ...answers.map((datagram) => ['server', datagram] as const));
    expect(course).toMatchObject({ facts: [facts], read: [], never: null });
  });

  it.each<readonly [string, readonly Uint8Array[], string]>([
    ['nothing at all', [new Uint8Array()], 'quic-answer-not-a-long-packet'],
    ['nothing of a long header', Array(11).fill(hex('00 01')), 'quic-answer-not-a-long-packet'],
    ['nothing but short headers', Array(11).fill(hex('41 00')), 'quic-answer-not-a-long-packet'],
    ['0-RTT', [sealedPacket('0-rtt')], 'quic-0-rtt-from-server'],
    ['another protocol version', [serverInitial.with(1, 9)], 'quic-version-unknown'],
    ['half a packet', [serverInitial.subarray(0, 40)], 'quic-length-beyond-datagram'],
  ])('is broken off when the server answers with %s', (_, answers, code) => {
    const course = converse(['client', whole], ...answers.map((datagram) => ['server', datagram] as const));
    expect(course).toMatchObject({ facts: [facts], never: code });
  });

  it('is not settled by what the client sends meanwhile', () => {
    const course = fromClient(whole, sealedPacket('0-rtt'), initial(piece(0), { packetNumber: 1 }), initial(PING));
    expect(course).toEqual({ facts: [facts], kinds: Array(4).fill('match'), read: ['client', 'server'], never: null });
  });

  it.each<readonly [string, Uint8Array, string]>([
    ['more bytes behind the hello', initial(cryptoFrame(message.length, PING)), 'quic-crypto-after-hello'],
    ['another hello in its place', initial(cryptoFrame(0, quicHello('example.org'))), 'quic-crypto-overlap-differs'],
    [
      'a new connection to another name',
      initial(cryptoFrame(0, quicHello('other.net')), { destinationId: SERVER_ID }),
      'quic-second-hello-differs',
    ],
    ['bytes that are no QUIC', hex('0102'), 'quic-bytes-not-a-long-packet'],
  ])('is broken off when the client sends %s before the answer', (_, datagram, code) => {
    expect(fromClient(whole, datagram)).toMatchObject({ facts: [facts], never: code });
  });
});
