import { concat, noise } from '../dissect/hex.ts';
import { fullHello, fullServerHello, record } from '../dissect/mmtls/samples.ts';
import { clientRecords, requestHead, serverRecords } from '../dissect/mmtls-http/exchange.ts';
import { wechatFrame } from '../judge/messages.ts';
import { BY_LONG_CONNECTION, CHAT_HOST, lines, RANDOM, WEB_HOST } from './messages.ts';
import { bytesOf, down, message, type Step, type Trick, tcp, up } from './trick.ts';

const LONG = 'szextshort.weixin.qq.com';
const BY_REGION = { allow: 'wechat/text/regions' } as const;
const WEB_SERVER = { service: 'web' } as const;
const ONLY_RECORDS = 'the body is mmtls records from end to end, and nothing follows it';
const EVERY_FRAME = 'frames fill the stream without a gap';
const BEAT = wechatFrame(6);
const BEAT_ANSWER = wechatFrame(1_000_000_006);

/** As tools for free traffic write it: the first request claims WeChat, what follows is theirs. */
function forged(...fields: readonly string[]): string {
  return lines(
    'POST http://szextshort.weixin.qq.com/mmtls/2181af9c HTTP/1.1',
    ...fields,
    'Upgrade: mmtls',
    'Content-Length: 533',
  );
}

const exchange = concat(bytesOf(requestHead(clientRecords.length)), clientRecords);
const answer = concat(bytesOf(lines('HTTP/1.1 200 OK', 'Connection: close')), serverRecords);

/** Frames one way, and the other way what is given. */
function framesAnsweredBy(bytes: Uint8Array | string): Step[] {
  return [up(BEAT), down(bytes)];
}

/** Frames and answers in turn, as many as it takes to settle the flow, then more. */
const heartbeats = [0, 1, 2].flatMap((turn): Step[] => [up(BEAT, turn * BEAT.length), down(BEAT_ANSWER)]);

export const FORGED_CHAT_TRICKS: readonly Trick[] = [
  message(80, 'an exchange of mmtls over HTTP', exchange, BY_REGION, ONLY_RECORDS, { service: null, answer }),
  message(
    80,
    'a forged request with several Host lines, then an endless stream',
    concat(bytesOf(forged(`Host: ${LONG}`, `Host: ${WEB_HOST}`)), noise(2000)),
    { drop: 'http-host-repeated' },
    'two servers could read two hosts',
    WEB_SERVER,
  ),
  message(
    80,
    'a forged request with one Host, then an endless stream',
    concat(bytesOf(forged(`Host: ${LONG}`)), noise(2000)),
    { drop: 'unrecognised' },
    ONLY_RECORDS,
    WEB_SERVER,
  ),
  message(
    80,
    'the same in origin form',
    concat(bytesOf(requestHead(533)), noise(2000)),
    { drop: 'mmtls-http-other-content' },
    ONLY_RECORDS,
    WEB_SERVER,
  ),
  message(
    80,
    'records, and then an endless stream within the length',
    concat(bytesOf(requestHead(2500)), clientRecords, noise(2000)),
    { drop: 'mmtls-http-other-content' },
    ONLY_RECORDS,
    WEB_SERVER,
  ),
  message(
    80,
    'records, and then an endless stream behind the length',
    concat(exchange, noise(2000)),
    { drop: 'mmtls-http-bytes-after-content' },
    ONLY_RECORDS,
    WEB_SERVER,
  ),
  message(
    80,
    'a record that reaches beyond the length',
    concat(bytesOf(requestHead(clientRecords.length - 1)), clientRecords),
    { drop: 'mmtls-http-record-past-content' },
    ONLY_RECORDS,
    WEB_SERVER,
  ),
  message(
    80,
    'a second request behind the exchange',
    concat(exchange, exchange),
    { drop: 'mmtls-http-bytes-after-content' },
    'one exchange a connection',
    WEB_SERVER,
  ),
  message(
    80,
    'mmtls over HTTP to another host',
    concat(bytesOf(requestHead(clientRecords.length, `Host: ${WEB_HOST}`)), clientRecords),
    { drop: 'name-not-allowed' },
    'the name has to be a chat’s',
    WEB_SERVER,
  ),
  tcp(
    80,
    'an exchange answered by a stream of noise',
    [up(exchange), down(concat(bytesOf(lines('HTTP/1.1 200 OK')), noise(500)))],
    { drop: 'mmtls-http-other-content' },
    ONLY_RECORDS,
    { service: null },
  ),
  tcp(
    80,
    'an exchange answered by another status',
    [up(exchange), down(lines('HTTP/1.1 302 Found', 'Location: /'))],
    { drop: 'mmtls-http-answer-status' },
    ONLY_RECORDS,
    { service: null },
  ),

  message(
    443,
    'an mmtls hello and its answer',
    concat(fullHello, record(0x17, noise(60)), record(0x17, noise(60))),
    BY_LONG_CONNECTION,
    'length by length, in both directions',
    { service: null, answer: fullServerHello },
  ),
  message(
    443,
    'an mmtls hello, then noise',
    concat(fullHello, RANDOM),
    { drop: 'mmtls-followed-by-other-bytes' },
    'records fill the stream without a gap',
    { service: 'mmtls' },
  ),
  message(
    443,
    'the first bytes of an mmtls hello, then noise',
    concat(fullHello.subarray(0, 9), RANDOM),
    { drop: 'mmtls-client-hello-malformed' },
    'a hello is read field by field',
    { service: 'mmtls' },
  ),
  message(443, 'an mmtls data record first', record(0x17, noise(60)), { drop: 'unrecognised' }, 'a hello comes first', {
    service: 'mmtls',
  }),
  tcp(
    443,
    'an mmtls hello answered by noise',
    [up(fullHello), down(RANDOM)],
    { drop: 'mmtls-answered-by-other-bytes' },
    'both ends have to speak the protocol',
    { service: null },
  ),
  tcp(
    443,
    'an mmtls hello answered by itself',
    [up(fullHello), down(fullHello)],
    { drop: 'mmtls-server-hello-malformed' },
    'a server answers with a hello of a server',
  ),

  tcp(8080, 'heartbeats and their answers', heartbeats, BY_LONG_CONNECTION, EVERY_FRAME, { service: 'wechat' }),
  message(
    8080,
    'a frame, then noise',
    concat(BEAT, RANDOM),
    { drop: 'wechat-frame-followed-by-other-bytes' },
    EVERY_FRAME,
  ),
  message(
    8080,
    'a frame with six loose bytes behind it',
    concat(BEAT, bytesOf('\nhello')),
    { drop: 'wechat-frame-followed-by-other-bytes' },
    EVERY_FRAME,
    { service: 'wechat' },
  ),
  message(
    8080,
    'a frame with a body, then noise',
    concat(wechatFrame(237, 'text'), RANDOM),
    { drop: 'wechat-frame-followed-by-other-bytes' },
    EVERY_FRAME,
  ),
  message(
    8080,
    'a frame of an operation nobody knows',
    wechatFrame(0x1234567),
    { drop: 'wechat-frame-operation-unknown' },
    'operations are small numbers',
    { service: 'wechat' },
  ),
  tcp(
    8080,
    'a frame, its answer, then noise',
    [up(BEAT), down(BEAT_ANSWER), up(RANDOM, BEAT.length)],
    { drop: 'wechat-frame-followed-by-other-bytes' },
    EVERY_FRAME,
    { service: 'wechat' },
  ),
  tcp(
    8080,
    'frames from the client, noise from the server',
    framesAnsweredBy(RANDOM),
    { drop: 'wechat-frame-answered-by-other-bytes' },
    'both ends have to speak the protocol',
    { service: null },
  ),
  tcp(
    8080,
    'frames from the client, a greeting from the server',
    framesAnsweredBy('SSH-2.0-x\r\n'),
    { drop: 'wechat-frame-answered-by-other-bytes' },
    'both ends have to speak the protocol',
    { service: null },
  ),
  message(
    80,
    `a request to ${CHAT_HOST} with noise as its method`,
    concat(RANDOM, bytesOf(lines('', `Host: ${CHAT_HOST}`))),
    { drop: 'unrecognised' },
    'a name somewhere in the bytes is no request',
    { service: 'echo' },
  ),
];
