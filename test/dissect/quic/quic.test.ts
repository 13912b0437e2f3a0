import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Facts } from '../../../src/dissect/facts.ts';
import { type DatagramStep, FREE } from '../../../src/dissect/outcome.ts';
import { quic } from '../../../src/dissect/quic/quic.ts';
import {
  extension,
  handshake,
  helloMessage,
  QUIC_PARAMETERS,
  serverName,
} from '../client-hello/encode-client-hello.ts';
import { concat, hex } from '../hex.ts';
import { checkDatagramStep } from '../split-property.ts';
import { cryptoFrame, type InitialFields, longHeader, sealedPacket, sealInitial, varint } from './encode-initial.ts';

type Side = 'client' | 'server';
type Turn = readonly [Side, Uint8Array];

interface Course {
  readonly facts: readonly Facts[];
  readonly kinds: readonly string[];
  /** Who is still read; nobody where the flow is settled. */
  readonly read: readonly Side[];
  readonly never: string | null;
}

/** Plays a flow's datagrams to the steps that read them. */
function converse(...turns: readonly Turn[]): Course {
  const readers: Record<Side, DatagramStep | typeof FREE | null> = { client: quic.begin, server: null };
  const facts: Facts[] = [];
  const kinds: string[] = [];
  for (const [side, datagram] of turns) {
    const reader = readers[side];
    if (reader === null || reader === FREE) continue;
    const outcome = checkDatagramStep(reader, datagram);
    kinds.push(outcome.kind);
    if (outcome.kind === 'never') return { facts, kinds, read: [], never: outcome.code ?? 'not-this' };
    readers[side] = outcome.next;
    if (outcome.kind === 'more') continue;
    if (outcome.facts !== null) facts.push(outcome.facts);
    if (outcome.answer !== undefined) readers[side === 'client' ? 'server' : 'client'] = outcome.answer;
  }
  const read = (['client', 'server'] as const).filter((side) => readers[side] !== FREE);
  return { facts, kinds, read, never: null };
}

function fromClient(...datagrams: readonly Uint8Array[]): Course {
  return converse(...datagrams.map((datagram) => ['client', datagram] as const));
}

const facts = { app: 'quic', name: 'example.com', ech: false };

function quicHello(name: string, ...more: readonly (readonly number[])[]): Uint8Array {
  return helloMessage({ extensions: [serverName(name), QUIC_PARAMETERS, ...more] });
}

const message = quicHello('example.com');
const half = message.length >> 1;
const PING = Uint8Array.of(1);
const PADDING = new Uint8Array(30);
const SERVER_ID = hex('f067a5502a4262b5');

function initial(frames: Uint8Array, fields: InitialFields = {}): Uint8Array {
  return sealInitial(frames, { padTo: 1200, ...fields });
}

/** The bytes of the hello from `start` to `end` in a CRYPTO frame. */
function piece(start: number, end = message.length, of = message): Uint8Array {
  return cryptoFrame(start, of.subarray(start, end));
}

const whole = initial(piece(0));
const serverInitial = sealedPacket('initial', { destinationId: hex(''), sourceId: SERVER_ID });
const retry = concat(longHeader({ type: 'retry', sourceId: SERVER_ID, token: hex('01020304') }), new Uint8Array(16));
const versionNegotiation = hex('80 00000000 00 08 8394c8f03e515708 6b3343cf');

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
    expect(fromClient(...datagrams)).toMatchObject({ facts: [], never: code });
  });
});

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

describe('a client that has to start anew', () => {
  const token = hex('01020304');
  const again = (frames: Uint8Array, packetNumber: number) =>
    initial(frames, { destinationId: SERVER_ID, token, packetNumber });

  it('after a Retry sends its hello again, to the id of the server and with the keys of that', () => {
    const course = converse(
      ['client', whole],
      ['server', retry],
      ['server', retry],
      ['client', again(piece(0, half), 1)],
      ['client', again(piece(half), 2)],
      ['server', serverInitial],
    );
    expect(course).toMatchObject({ facts: [facts], read: [], never: null });
  });

  it('after a Retry that came before its hello was complete sends all of it again', () => {
    const course = fromClient(initial(piece(0, half)), again(piece(0, half), 1), again(piece(half), 2));
    expect(course).toMatchObject({ facts: [facts], kinds: ['more', 'more', 'match'], never: null });
  });

  it('cannot complete the hello of one connection with that of another', () => {
    const course = fromClient(initial(piece(0, half)), again(piece(half), 1));
    expect(course).toMatchObject({ facts: [], kinds: ['more', 'more'], never: null });
  });

  it('after a Retry may not ask for another name', () => {
    const other = again(cryptoFrame(0, quicHello('other.net')), 1);
    const course = converse(['client', whole], ['server', retry], ['client', other]);
    expect(course).toMatchObject({ facts: [facts], never: 'quic-second-hello-differs' });
  });

  it('after a version negotiation uses the other version', () => {
    const second = initial(piece(0), { version: 'v2', destinationId: hex('0102030405060708') });
    const course = converse(
      ['client', whole],
      ['server', versionNegotiation],
      ['client', second],
      ['server', serverInitial],
    );
    expect(course).toMatchObject({ facts: [facts], read: [], never: null });
  });

  it('does so within the same ten datagrams', () => {
    const ids = Array.from({ length: 10 }, (_, at) => new Uint8Array(8).fill(at));
    const course = fromClient(...ids.map((destinationId) => initial(piece(0, half), { destinationId })));
    expect(course).toMatchObject({ never: 'quic-hello-in-too-many-datagrams' });
  });
});

describe('whatever the bytes', () => {
  const limits = { interruptAfterTimeLimit: 2000, markInterruptAsFailure: false };

  it('a hello cut anywhere, shuffled and repeated, is found', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: message.length - 1 }), { maxLength: 8 }),
        fc.array(fc.nat(), { minLength: 9, maxLength: 9 }),
        fc.nat(2),
        (cuts, keys, perDatagram) => {
          const ends = [0, ...cuts.toSorted((a, b) => a - b), message.length];
          const pieces = ends.slice(1).map((end, at) => piece(ends[at] ?? 0, end));
          const shuffled = pieces.map((bytes, at) => ({ bytes, key: keys[at] ?? 0 })).sort((a, b) => a.key - b.key);
          const datagrams = [];
          for (let at = 0; at < shuffled.length; at += perDatagram + 1) {
            datagrams.push(initial(concat(...shuffled.slice(at, at + perDatagram + 1).map(({ bytes }) => bytes))));
          }
          expect(fromClient(...datagrams)).toMatchObject({ facts: [facts], never: null });
        },
      ),
      limits,
    );
  });

  it('a datagram of any bytes behind a good header is answered', () => {
    const step = quic.begin(initial(piece(0, half)));
    if (step.kind !== 'more') throw new Error('the other half is missing');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1300 }), fc.boolean(), fc.nat(40), (bytes, later, at) => {
        const datagram = concat(whole.subarray(0, at), bytes);
        checkDatagramStep(later ? step.next : quic.begin, datagram);
      }),
      limits,
    );
  });

  it('sealed frames of any bytes are answered', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.array(fc.constantFrom(0, 1, 2, 3, 6, 0x1c, 0xff, 0x40)),
    );
    fc.assert(
      fc.property(bytes, (frames) => {
        checkDatagramStep(quic.begin, initial(Uint8Array.from(frames)));
      }),
      limits,
    );
  });
});
