import { describe, expect, it } from 'vitest';
import { handshake, helloMessage } from '../client-hello/encode-client-hello.ts';
import { concat, hex } from '../hex.ts';
import {
  fromClient,
  half,
  initial,
  message,
  PADDING,
  PING,
  piece,
  quicHello,
  retry,
  SERVER_ID,
  versionNegotiation,
  whole,
} from './conversation.ts';
import { cryptoFrame, longHeader, sealedPacket, sealInitial, varint } from './encode-initial.ts';

describe('a datagram is refused', () => {
  const huge = [...varint(2 ** 52, 8)].with(0, 0xff);
  it.each<readonly [string, readonly Uint8Array[], string]>([
    ['that is empty', [new Uint8Array()], 'not-this'],
    ['that is something else', [hex('0001 02')], 'not-this'],
    ['with a short header before any Initial', [concat(hex('40'), PADDING)], 'quic-short-header-first'],
    ['when ten have brought no Initial', Array(10).fill(sealedPacket('0-rtt')), 'quic-hello-in-too-many-datagrams'],
    ['with a Handshake packet before any Initial', [sealedPacket('handshake', {}, 1200)], 'quic-handshake-first'],
    ['with a Retry before any Initial', [retry], 'quic-retry-from-client'],
    ['with a version negotiation', [versionNegotiation], 'quic-version-negotiation-from-client'],
    ['of a draft version', [whole.with(1, 0xff).with(4, 29)], 'quic-version-unknown'],
    ['of Google QUIC', [concat(hex('c3 51303436 50'), PADDING)], 'quic-version-unknown'],
    ['whose fixed bit was cleared on its way', [whole.with(0, (whole[0] ?? 0) & 0xbf)], 'quic-initial-undecryptable'],
    ['with ids of 21 bytes', [initial(piece(0), { destinationId: new Uint8Array(21) })], 'quic-connection-id-too-long'],
    [
      'with a source id of 21 bytes',
      [initial(piece(0), { sourceId: new Uint8Array(21) })],
      'quic-connection-id-too-long',
    ],
    [
      'with an id of 7 bytes',
      [initial(piece(0), { destinationId: new Uint8Array(7) })],
      'quic-connection-id-too-short',
    ],
    ['of less than 1,200 bytes', [initial(piece(0), { padTo: 1199 })], 'quic-datagram-too-small'],
    ['cut in its header', [whole.subarray(0, 14)], 'quic-header-cut-short'],
    ['cut in its version', [whole.subarray(0, 3)], 'quic-header-cut-short'],
    ['cut in its packet', [whole.subarray(0, 1199)], 'quic-length-beyond-datagram'],
    [
      'with a token of 2^62 bytes',
      [concat(longHeader({}).subarray(0, -1), Uint8Array.from(huge), new Uint8Array(1200))],
      'quic-header-cut-short',
    ],
    [
      'with a length of 2^62',
      [concat(longHeader({}), Uint8Array.from(huge), new Uint8Array(1200))],
      'quic-length-beyond-datagram',
    ],
    [
      'with a packet too short for its protection',
      [concat(longHeader({}), hex('13'), new Uint8Array(1200))],
      'quic-packet-too-short',
    ],
    [
      'with other ids in its second packet',
      [concat(sealInitial(piece(0, half)), initial(piece(half), { destinationId: SERVER_ID }))],
      'quic-coalesced-ids-differ',
    ],
    [
      'with nine packets',
      [concat(whole, ...Array(8).fill(sealedPacket('0-rtt')))],
      'quic-too-many-packets-in-datagram',
    ],
    ['with bytes behind its packets', [concat(whole, hex('00000001'))], 'quic-bytes-not-a-long-packet'],
    ['with a short header next', [initial(piece(0, half)), concat(hex('40'), PADDING)], 'quic-bytes-not-a-long-packet'],
    ['with a Retry next', [initial(piece(0, half)), retry], 'quic-retry-from-client'],
    [
      'with a version negotiation next',
      [initial(piece(0, half)), versionNegotiation],
      'quic-version-negotiation-from-client',
    ],
    ['sealed with other keys', [initial(piece(0), { keyId: SERVER_ID })], 'quic-initial-undecryptable'],
    ['with a bit changed', [whole.with(700, (whole[700] ?? 0) ^ 1)], 'quic-initial-undecryptable'],
    ['with reserved bits set', [initial(piece(0), { reservedBits: 4 })], 'quic-initial-undecryptable'],
    [
      'with no frames',
      [concat(sealInitial(new Uint8Array(), { packetNumberBytes: 4 }), new Uint8Array(1200))],
      'quic-packet-empty',
    ],
    ['with a STREAM frame', [initial(concat(hex('08 00'), piece(0)))], 'quic-frame-forbidden'],
    [
      'with a CONNECTION_CLOSE of the application',
      [initial(concat(hex('1d 00 00'), piece(0)))],
      'quic-frame-forbidden',
    ],
    [
      'with a frame type longer than need be',
      [initial(concat(hex('4006'), piece(0).subarray(1)))],
      'quic-frame-forbidden',
    ],
    ['with a CRYPTO frame beyond its packet', [initial(concat(PADDING, hex('06 00 4500')))], 'quic-frame-cut-short'],
    ['with a CRYPTO frame of 2^62 bytes', [initial(Uint8Array.from([6, 0, ...huge]))], 'quic-frame-cut-short'],
    ['with a CRYPTO frame at 2^62', [initial(Uint8Array.from([6, ...huge, 1, 1]))], 'quic-crypto-too-long'],
    ['with a CRYPTO frame beyond the cap', [initial(cryptoFrame(0x4000, PING))], 'quic-crypto-too-long'],
    ['with an ACK of 2^62 ranges', [initial(Uint8Array.from([2, 0, 0, ...huge, 0]))], 'quic-frame-cut-short'],
    ['with a close reason of 2^62 bytes', [initial(Uint8Array.from([0x1c, 0, 0, ...huge]))], 'quic-frame-cut-short'],
    [
      'with an overlap that differs',
      [initial(concat(piece(0, half), cryptoFrame(0, hex('02'))))],
      'quic-crypto-overlap-differs',
    ],
    [
      'with an overlap that differs from an earlier one',
      [initial(piece(0, half)), initial(cryptoFrame(3, hex('ff')))],
      'quic-crypto-overlap-differs',
    ],
    [
      'with another handshake message',
      [initial(cryptoFrame(0, handshake(2, message.subarray(4))))],
      'quic-not-a-client-hello',
    ],
    ['with a hello of 16 MB', [initial(cryptoFrame(0, hex('01ffffff')))], 'quic-hello-too-long'],
    ['with bytes behind the hello', [initial(cryptoFrame(0, concat(message, PING)))], 'quic-crypto-after-hello'],
    [
      'with bytes far behind the hello',
      [initial(concat(cryptoFrame(3000, PING), piece(0)))],
      'quic-crypto-after-hello',
    ],
    ['with a hello of TLS over TCP', [initial(cryptoFrame(0, helloMessage()))], 'quic-parameters-missing'],
    [
      'with a hello that breaks the rules',
      [initial(cryptoFrame(0, quicHello('192.0.2.1')))],
      'client-hello-name-is-address',
    ],
    ['when ten have not completed the hello', Array(10).fill(initial(PING)), 'quic-hello-in-too-many-datagrams'],
  ])('%s', (_, datagrams, code) => {
    const course = fromClient(...datagrams);
    expect(course).toMatchObject({ facts: [], never: code });
    expect(course.kinds, 'not before the last of them').toHaveLength(datagrams.length);
  });
});
