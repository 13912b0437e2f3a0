import { describe, expect, it } from 'vitest';
import { quic } from '../../../src/dissect/quic/quic.ts';
import { extension, helloMessage, QUIC_PARAMETERS } from '../client-hello/encode-client-hello.ts';
import { concat, hex } from '../hex.ts';
import {
  facts,
  fromClient,
  half,
  initial,
  message,
  PADDING,
  PING,
  piece,
  quicHello,
  SERVER_ID,
  whole,
} from './conversation.ts';
import { cryptoFrame, sealedPacket, sealInitial } from './encode-initial.ts';

describe('the hello in the Initials of a client', () => {
  it.each<readonly [string, readonly Uint8Array[]]>([
    ['whole', [whole]],
    ['under a packet number of several bytes', [initial(piece(0), { packetNumber: 0x123456, packetNumberBytes: 3 })]],
    ['with a token', [initial(piece(0), { token: hex('aabbcc') })]],
    ['with ids of 20 bytes', [initial(piece(0), { destinationId: new Uint8Array(20), sourceId: new Uint8Array(20) })]],
    ['in QUIC version 2', [initial(piece(0), { version: 'v2' })]],
    ['in pieces within one packet', [initial(concat(piece(0, 9), piece(9, half), piece(half)))]],
    ['in reversed pieces', [initial(concat(piece(half), piece(9, half), piece(0, 9)))]],
    ['byte by byte', [initial(concat(...Array.from(message, (_, at) => piece(at, at + 1))))]],
    ['in pieces that overlap and agree', [initial(concat(piece(0, half + 7), piece(half - 7), piece(3, 5)))]],
    ['with empty pieces', [initial(concat(piece(7, 7), piece(0), piece(message.length)))]],
    ['between padding and pings', [initial(concat(PADDING, piece(half), PING, PADDING, PING, piece(0, half), PING))]],
    ['behind an ACK', [initial(concat(hex('02 05 00 01 01 00 01'), piece(0)))]],
    ['behind an ACK that counts ECN', [initial(concat(hex('03 05 00 00 05 01 02 03'), piece(0)))]],
    ['before a CONNECTION_CLOSE', [initial(concat(piece(0), hex('1c 00 06 02 6f6b')))]],
    [
      'in two packets of one datagram',
      [concat(sealInitial(piece(0, half)), initial(piece(half), { packetNumber: 1 }))],
    ],
    ['before 0-RTT and Handshake packets', [concat(whole, sealedPacket('0-rtt'), sealedPacket('handshake'))]],
    ['behind 0-RTT in its datagram', [initial(piece(0, half)), concat(sealedPacket('0-rtt'), initial(piece(half)))]],
    ['before seven other packets', [concat(whole, ...Array(7).fill(sealedPacket('0-rtt')))]],
    ['before blank bytes', [concat(sealInitial(piece(0)), new Uint8Array(1100))]],
    ['in two datagrams', [initial(piece(0, half)), initial(piece(half), { packetNumber: 1 })]],
    ['in two datagrams that change places', [initial(piece(half), { packetNumber: 1 }), initial(piece(0, half))]],
    ['with a datagram sent twice', [initial(piece(0, half)), initial(piece(0, half)), initial(piece(half))]],
    ['with 0-RTT datagrams between', [initial(piece(0, half)), sealedPacket('0-rtt'), initial(piece(half))]],
    ['behind 0-RTT that has overtaken it', [sealedPacket('0-rtt'), sealedPacket('0-rtt'), whole]],
    [
      'with the rest sent to the id the server has chosen',
      [initial(piece(0, half)), initial(piece(half), { destinationId: SERVER_ID, keyId: hex('8394c8f03e515708') })],
    ],
    ['in ten datagrams', [...Array(9).fill(initial(PING)), whole]],
  ])('is found %s', (_, datagrams) => {
    const course = fromClient(...datagrams);
    expect(course).toMatchObject({ facts: [facts], never: null });
    expect(course.kinds).toEqual([...Array(datagrams.length - 1).fill('more'), 'match']);
  });

  it('may be large and needs room that grows', () => {
    const large = quicHello('example.com', extension(21, Array(9000).fill(7)));
    const size = 1100;
    const datagrams = Array.from({ length: Math.ceil(large.length / size) }, (_, at) => {
      return initial(piece(at * size, (at + 1) * size, large), { packetNumber: at });
    });
    expect(fromClient(...datagrams.reverse())).toMatchObject({ facts: [facts], never: null });
  });

  it('may come with the fixed bit greased', () => {
    const greased = initial(piece(0), { fixedBit: 0, token: hex('01020304') });
    expect(fromClient(greased)).toMatchObject({ facts: [facts], never: null });
  });

  it('may carry no name, and ECH', () => {
    const hello = helloMessage({ extensions: [QUIC_PARAMETERS, extension(0xfe0d, [0])] });
    expect(fromClient(initial(cryptoFrame(0, hello)))).toMatchObject({
      facts: [{ app: 'quic', name: null, ech: true }],
    });
  });

  it('is left as it was, in a Buffer too', () => {
    const datagram = Buffer.from(whole);
    expect(quic.begin(datagram)).toMatchObject({ kind: 'match', facts });
    expect(datagram.equals(whole)).toBe(true);
  });

  it('is judged alike however often a step is asked', () => {
    const first = quic.begin(initial(piece(0, half)));
    if (first.kind !== 'more') throw new Error('the other half is missing');
    const other = initial(
      cryptoFrame(
        half,
        message.subarray(half).map((byte) => byte ^ 1),
      ),
    );
    first.next(other);
    expect(first.next(initial(piece(half)))).toMatchObject({ kind: 'match', facts });
  });
});
