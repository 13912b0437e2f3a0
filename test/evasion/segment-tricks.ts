import { OK, serverHello, wechatFrame } from '../judge/messages.ts';
import { BY_SHORT_CONNECTION, CHAT_HOST, CHAT_NAME, get, lines, tlsHello, WEB_HOST } from './messages.ts';
import { AGAIN, bytesOf, down, onSyn, type Step, type Trick, tcp, type Up, up } from './trick.ts';

const CHAT = get(CHAT_HOST);
const WEB = get(WEB_HOST);
/** A forbidden request whose body is a chat's, and where that begins. */
const MASK = lines('POST / HTTP/1.1', `Host: ${WEB_HOST}`, `Content-Length: ${CHAT.length}`);
/** An allowed request that would make all that follows its body. */
const COVER = lines('POST / HTTP/1.1', `Host: ${CHAT_HOST}`, 'Content-Length: 100000');
/** So many requests that their acknowledgement is looked for. */
const MANY = CHAT.repeat(20);
const DENIED = { drop: 'name-not-allowed' } as const;
const CONTRADICTED = { drop: 'sent-again-with-other-bytes' } as const;
const BEFORE_START = { drop: 'bytes-before-start' } as const;
const WEB_SERVER = { service: 'web' } as const;
const FRAME = wechatFrame(6);

const ANY_ORDER = 'bytes mean what their sequence numbers say, in whatever segments they come';
const STARTS_LATER = 'a server passes over what lies in front of where it said the connection starts';
const NO_EVIDENCE = 'what the server has not acknowledged proves nothing, and its place is taken';

/** One byte a segment. */
function byteByByte(text: string | Uint8Array): Up[] {
  return Array.from(bytesOf(text), (byte, at) => up(Uint8Array.of(byte), at));
}

/** Pieces of at most `size` bytes. */
function pieces(text: string | Uint8Array, size: number): Up[] {
  const bytes = bytesOf(text);
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    up(bytes.subarray(i * size, (i + 1) * size), i * size),
  );
}

/** The order 1, 0, 3, 2, … */
function pairwiseTurned(steps: readonly Up[]): Up[] {
  return steps.flatMap((step, i) =>
    i % 2 === 1 ? [step, steps[i - 1] ?? step] : i === steps.length - 1 ? [step] : [],
  );
}

function overlapping(text: string, size: number): Up[] {
  return pieces(text, size).map((piece) =>
    up(text.slice(Math.max(0, piece.at - size), piece.at + size), Math.max(0, piece.at - size)),
  );
}

const SHAPES: readonly (readonly [name: string, shape: (text: string) => readonly Up[]])[] = [
  ['one byte a segment', byteByByte],
  ['one byte a segment, each before the one in front of it', (text) => pairwiseTurned(byteByByte(text))],
  ['in pieces, the last first', (text) => pieces(text, 8).toReversed()],
  ['in pieces, each sent twice', (text) => pieces(text, 7).flatMap((piece) => [piece, piece])],
  ['in pieces that overlap the one before', (text) => overlapping(text, 9)],
  ['in pieces that overlap, the last first', (text) => overlapping(text, 9).toReversed()],
];

const SPLITS = SHAPES.flatMap(([name, shape]): Trick[] => [
  tcp(80, `chat ${name}`, [...shape(CHAT), down(OK)], BY_SHORT_CONNECTION, ANY_ORDER, WEB_SERVER),
  // The last byte completes the head; what comes before it is undecided and passes.
  tcp(80, `web ${name}`, shape(WEB), DENIED, ANY_ORDER, WEB_SERVER),
]);

const LOSSES = ['ttl', 'md5', 'timestamp'] as const;

const DECOYS = LOSSES.flatMap((loss): Trick[] => [
  tcp(
    80,
    `a chat’s request that the server never gets (${loss}), then the real one`,
    [up(CHAT, 0, { loss }), up(WEB)],
    CONTRADICTED,
    NO_EVIDENCE,
    WEB_SERVER,
  ),
  tcp(
    8080,
    `a chat’s frame that the server never gets (${loss}), then noise`,
    [up(FRAME, 0, { loss }), up('SMUGGLED-PAYLOAD')],
    CONTRADICTED,
    NO_EVIDENCE,
  ),
  tcp(
    443,
    `a chat’s hello that the server never gets (${loss}), then the real one`,
    [up(tlsHello(CHAT_NAME), 0, { loss }), up(tlsHello('wx.qq.co'))],
    CONTRADICTED,
    NO_EVIDENCE,
    WEB_SERVER,
  ),
  tcp(
    80,
    `half a chat’s request that the server never gets (${loss})`,
    [up(CHAT.slice(0, 30), 0, { loss }), up(CHAT.slice(30)), up(WEB.slice(0, 30))],
    CONTRADICTED,
    NO_EVIDENCE,
    WEB_SERVER,
  ),
]);

const UNSEEN = (['checksum', 'window'] as const).map((loss) =>
  tcp(
    80,
    `a chat’s request the kernel throws away (${loss}), then the real one`,
    [up(CHAT, 0, { loss }), up(WEB)],
    DENIED,
    'the gateway’s connection tracking drops it before it is judged',
    WEB_SERVER,
  ),
);

/** What is read but lies where no reader at the server looks, and behind it what that reader takes for a message. */
const COVERED: readonly Trick[] = [
  tcp(
    80,
    'an allowed request in front of the connection’s first byte, then a forbidden one in its place',
    [up(COVER, -COVER.length), up(WEB)],
    BEFORE_START,
    STARTS_LATER,
    WEB_SERVER,
  ),
  tcp(
    80,
    'half of an allowed request in front of the connection’s first byte, half of a forbidden one in its place',
    [up(COVER, -1), up(WEB)],
    BEFORE_START,
    STARTS_LATER,
    WEB_SERVER,
  ),
  tcp(
    80,
    'a chat’s request, another in front of the connection’s first byte, then a forbidden one behind',
    [up(CHAT), up(COVER, -COVER.length), up(WEB, CHAT.length)],
    BEFORE_START,
    STARTS_LATER,
    WEB_SERVER,
  ),
  tcp(
    80,
    'a chat’s request and its answer, another that begins in front of both, then a forbidden one behind',
    [up(CHAT), down(OK), up(COVER, CHAT.length - COVER.length), up(WEB, CHAT.length)],
    BEFORE_START,
    STARTS_LATER,
    WEB_SERVER,
  ),
  tcp(
    443,
    'a chat’s hello in front of the connection’s first byte, then one for another name in its place',
    [up(tlsHello(CHAT_NAME), -tlsHello(CHAT_NAME).length), up(tlsHello(WEB_HOST))],
    BEFORE_START,
    STARTS_LATER,
    WEB_SERVER,
  ),
  tcp(
    8080,
    'a chat’s frame in front of the connection’s first byte, then noise in its place',
    [up(FRAME, -FRAME.length), up('SSH-2.0-OpenSSH_9.6p1\r\n')],
    BEFORE_START,
    STARTS_LATER,
  ),
  tcp(
    8080,
    'an allowed request in front of the connection’s first byte, then noise in its place',
    [up(COVER, -COVER.length), up('SSH-2.0-OpenSSH_9.6p1\r\n')],
    BEFORE_START,
    STARTS_LATER,
  ),
  tcp(
    80,
    'an end that the server never gets, an allowed request over what it has long taken, then a forbidden one',
    [
      up(MANY),
      down(OK),
      up(MANY.slice(-1), MANY.length - 1, { flags: 'FPA', loss: 'ttl' }),
      up(COVER, MANY.length - COVER.length),
      up(WEB, MANY.length),
    ],
    { drop: 'no-longer-remembered' },
    'a server passes over what it has taken already, also when the gateway has forgotten it',
    WEB_SERVER,
  ),
];

/** A whole conversation that ends well, so that there is something to lose. */
const ALLOWED: readonly Step[] = [up(CHAT), down(OK)];

export const SEGMENT_TRICKS: readonly Trick[] = [
  ...SPLITS,
  ...DECOYS,
  ...UNSEEN,
  ...COVERED,
  tcp(
    80,
    'chat on the SYN',
    [onSyn(CHAT), down(OK)],
    BY_SHORT_CONNECTION,
    'data on a SYN is the stream’s first data (RFC 7413)',
    { service: null },
  ),
  tcp(80, 'web on the SYN', [onSyn(WEB)], DENIED, 'data on a SYN is judged like any other', WEB_SERVER),
  tcp(
    80,
    'chat on a SYN whose data the server ignores, then the same again',
    [{ ...onSyn(CHAT), loss: 'ttl' }, up(CHAT), down(OK)],
    BY_SHORT_CONNECTION,
    'a server without fast open takes the SYN alone, and the client repeats the data',
    WEB_SERVER,
  ),
  tcp(
    80,
    'chat on a SYN whose data the server ignores, then web',
    [{ ...onSyn(CHAT), loss: 'ttl' }, up(WEB)],
    CONTRADICTED,
    NO_EVIDENCE,
    { service: null },
  ),
  tcp(
    80,
    'a second SYN, from before the first, so that what follows seems to have overtaken something',
    [up(CHAT, 0, { loss: 'ttl' }), up(CHAT, -1000, { flags: 'S', loss: 'ttl' }), up(WEB)],
    { drop: 'syn-in-connection' },
    'a connection starts once; a SYN inside it is ignored by the server and must not make the judge start afresh',
    WEB_SERVER,
  ),
  tcp(
    80,
    'a second SYN in a connection, right behind',
    [up(CHAT.slice(0, 20)), up(CHAT, 19, { flags: 'S' })],
    { drop: 'syn-in-connection' },
    'a connection starts once',
    WEB_SERVER,
  ),
  tcp(
    80,
    'a reset that the server never gets, then web',
    [up('', 0, { flags: 'R', loss: 'ttl' }), up(WEB)],
    DENIED,
    'no payload, nothing decided',
    WEB_SERVER,
  ),
  tcp(
    80,
    'an end that the server never gets, then web',
    [up('', 0, { flags: 'FA', loss: 'ttl' }), up(WEB)],
    DENIED,
    'no payload, nothing decided',
    WEB_SERVER,
  ),
  tcp(
    80,
    'web on the segment that ends the connection',
    [up(WEB, 0, { flags: 'FPA' })],
    DENIED,
    'payload is payload',
    WEB_SERVER,
  ),
  tcp(80, 'web on a reset', [up(WEB, 0, { flags: 'RA' })], DENIED, 'payload is payload', WEB_SERVER),
  tcp(
    80,
    'web on a segment with urgent data',
    [up(CHAT, 0, { flags: 'PAU' })],
    { drop: 'urgent-data' },
    'readers disagree on what urgent data does to the bytes around it (RFC 6093)',
    WEB_SERVER,
  ),
  tcp(
    80,
    'web behind a gap, the chat’s request first',
    [up(CHAT, WEB.length), up(WEB)],
    DENIED,
    'the first byte of the stream is the first byte, not the first one sent',
    WEB_SERVER,
  ),
  tcp(
    80,
    'a chat’s request as the body of a forbidden one, sent first',
    [up(CHAT, MASK.length), up(MASK)],
    DENIED,
    'what had overtaken the start counts again from the start',
    WEB_SERVER,
  ),
  tcp(
    80,
    'other bytes over a request already allowed, before its answer',
    [up(CHAT), up(WEB)],
    CONTRADICTED,
    NO_EVIDENCE,
    { service: null },
  ),
  tcp(
    80,
    'a piece of other bytes over a request already allowed',
    [up(CHAT), up(WEB_HOST, CHAT.indexOf(CHAT_HOST))],
    CONTRADICTED,
    NO_EVIDENCE,
    { service: null },
  ),
  tcp(
    80,
    'a chat’s request behind bytes that cannot start anything',
    [up(`\r\n${CHAT}`)],
    { drop: 'http-leading-blank-line' },
    'leading blank lines are read differently by different servers (RFC 9112 §2.2)',
    WEB_SERVER,
  ),
  tcp(
    80,
    'web with the sender’s addresses and ports of an allowed connection',
    [...ALLOWED, AGAIN, up(WEB)],
    DENIED,
    'a verdict belongs to a connection, not to its addresses and ports',
    WEB_SERVER,
  ),
  tcp(
    443,
    'another name with the addresses and ports of a settled connection',
    [up(tlsHello(CHAT_NAME)), down(serverHello()), AGAIN, up(tlsHello(WEB_HOST))],
    DENIED,
    'a verdict belongs to a connection, not to its addresses and ports',
    WEB_SERVER,
  ),
  tcp(
    80,
    'chat with the addresses and ports of a denied connection',
    [up(WEB), AGAIN, up(CHAT), down(OK)],
    BY_SHORT_CONNECTION,
    'a denial ends with its connection',
    WEB_SERVER,
  ),
];
