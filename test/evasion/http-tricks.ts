import { OK } from '../judge/messages.ts';
import { BY_SHORT_CONNECTION, CHAT_HOST, get, lines, WEB_HOST } from './messages.ts';
import { down, message, type Trick, tcp, up } from './trick.ts';

const WEB_SERVER = { service: 'web' } as const;
const CHAT = get(CHAT_HOST);
const WEB = get(WEB_HOST);
const DENIED = { drop: 'name-not-allowed' } as const;

const EACH_REQUEST = 'every request of a connection is judged for itself';
const TWO_READINGS = 'two servers could read it differently';
const ANSWERS = 'a server may answer what it likes, for whatever the client sends is read as a request';
const NOT_CHAT = 'no chat needs it, and behind it anything may travel';

function refused(name: string, head: string, reason: string, why = TWO_READINGS): Trick {
  return message(80, name, head, { drop: reason }, why, WEB_SERVER);
}

function post(...fields: readonly string[]): string {
  return lines('POST /cgi-bin/a HTTP/1.1', `Host: ${CHAT_HOST}`, ...fields);
}

export const HTTP_TRICKS: readonly Trick[] = [
  message(80, 'a request to a chat’s host', CHAT, BY_SHORT_CONNECTION, EACH_REQUEST, { ...WEB_SERVER, answer: OK }),
  message(
    8080,
    'a request to a chat’s host with a port',
    get(`${CHAT_HOST}:8080`),
    BY_SHORT_CONNECTION,
    'a port in Host is part of the address, not of the name',
    { ...WEB_SERVER, answer: OK },
  ),
  message(80, 'a request to another host', WEB, DENIED, EACH_REQUEST, WEB_SERVER),
  message(80, 'another host behind the first request in one segment', CHAT + WEB, DENIED, EACH_REQUEST, WEB_SERVER),
  message(
    80,
    'another host behind a body',
    `${post('Content-Length: 5')}12345${WEB}`,
    DENIED,
    EACH_REQUEST,
    WEB_SERVER,
  ),
  message(
    80,
    'another host behind a chunked body',
    `${post('Transfer-Encoding: chunked')}3\r\nabc\r\n0\r\n\r\n${WEB}`,
    DENIED,
    EACH_REQUEST,
    WEB_SERVER,
  ),
  tcp(
    80,
    'another host on the same connection, after the answer',
    [up(CHAT), down(OK), up(WEB, CHAT.length)],
    DENIED,
    EACH_REQUEST,
    WEB_SERVER,
  ),
  tcp(
    80,
    'another host on the same connection, before the answer',
    [up(CHAT), up(WEB, CHAT.length)],
    DENIED,
    EACH_REQUEST,
    WEB_SERVER,
  ),
  tcp(
    80,
    'a request that the server never gets over the second of a connection',
    [up(CHAT), down(OK), up(CHAT, CHAT.length, { loss: 'ttl' }), up(WEB, CHAT.length)],
    { drop: 'sent-again-with-other-bytes' },
    'what the server has not acknowledged proves nothing',
    WEB_SERVER,
  ),
  tcp(
    80,
    'noise after the answer',
    [up(CHAT), down(OK), up('SSH-2.0-x\r\n', CHAT.length)],
    { drop: 'unrecognised' },
    EACH_REQUEST,
    WEB_SERVER,
  ),
  tcp(80, 'a request answered by noise', [up(CHAT), down('SSH-2.0-x\r\n')], BY_SHORT_CONNECTION, ANSWERS, {
    service: null,
  }),
  tcp(
    80,
    'noise behind a request answered by noise',
    [up(CHAT), down('SSH-2.0-x\r\n'), up('SSH-2.0-y\r\n', CHAT.length)],
    { drop: 'unrecognised' },
    ANSWERS,
    { service: null },
  ),
  tcp(80, 'a request answered by itself', [up(CHAT), down(CHAT)], BY_SHORT_CONNECTION, ANSWERS),
  refused(
    'a body that goes on behind its length',
    `${post('Content-Length: 3')}abcdefghijkl`,
    'unrecognised',
    'behind the body the next request begins',
  ),
  refused('Host twice', get(WEB_HOST, `Host: ${CHAT_HOST}`), 'http-host-repeated'),
  refused('Host twice, the same', get(CHAT_HOST, `Host: ${CHAT_HOST}`), 'http-host-repeated'),
  refused('no Host', lines('GET / HTTP/1.1', 'Accept: */*'), 'http-host-missing', 'nothing says where it goes'),
  refused('two names in one Host', get(`${CHAT_HOST}, ${WEB_HOST}`), 'http-host-character'),
  refused('bare LF', `GET / HTTP/1.1\nHost: ${CHAT_HOST}\n\n`, 'http-bare-lf'),
  refused(
    'bare LF before a second Host',
    `GET / HTTP/1.1\r\nX: y\nHost: ${WEB_HOST}\r\nHost: ${CHAT_HOST}\r\n\r\n`,
    'http-bare-lf',
  ),
  refused(
    'bare CR before a second Host',
    `GET / HTTP/1.1\r\nX: y\rHost: ${WEB_HOST}\r\nHost: ${CHAT_HOST}\r\n\r\n`,
    'http-bare-cr',
  ),
  refused('blank lines in front', `\r\n\r\n${CHAT}`, 'http-leading-blank-line'),
  refused('a blank line in front', `\n${CHAT}`, 'http-leading-blank-line'),
  refused(
    'an absolute target that disagrees with Host',
    lines(`GET http://${WEB_HOST}/ HTTP/1.1`, `Host: ${CHAT_HOST}`),
    'http-target-not-host',
  ),
  refused(
    'an absolute target that disagrees the other way round',
    lines(`GET http://${CHAT_HOST}/ HTTP/1.1`, `Host: ${WEB_HOST}`),
    'http-target-not-host',
  ),
  message(
    80,
    'an absolute target that agrees',
    lines(`GET http://${CHAT_HOST}/ HTTP/1.1`, `Host: ${CHAT_HOST}`),
    BY_SHORT_CONNECTION,
    'old WeChat sends it',
    { ...WEB_SERVER, answer: OK },
  ),
  refused(
    'an absolute target to another host through a proxy',
    lines(`GET http://${WEB_HOST}/ HTTP/1.1`, `Host: ${WEB_HOST}`),
    'name-not-allowed',
    EACH_REQUEST,
  ),
  refused(
    'a target that may be an authority',
    lines(`GET //${WEB_HOST}/ HTTP/1.1`, `Host: ${CHAT_HOST}`),
    'http-target-ambiguous',
  ),
  refused(
    'a folded line',
    lines('GET / HTTP/1.1', 'X: y', ` Host: ${WEB_HOST}`, `Host: ${CHAT_HOST}`),
    'http-folded-line',
  ),
  refused('a space in front of the colon', lines('GET / HTTP/1.1', `Host : ${CHAT_HOST}`), 'http-space-before-colon'),
  refused('NUL in Host', get(`${CHAT_HOST}\0.${WEB_HOST}`), 'http-control-character'),
  refused('Host that is not ASCII', get('sh\xf6rt.weixin.qq.com'), 'http-host-character'),
  refused('percent-encoding in Host', get('short%2eweixin.qq.com'), 'http-host-character'),
  refused('userinfo in Host', get(`${CHAT_HOST}@${WEB_HOST}`), 'http-host-userinfo'),
  refused(
    'userinfo in the target',
    lines(`GET http://${CHAT_HOST}@${WEB_HOST}/ HTTP/1.1`, `Host: ${CHAT_HOST}`),
    'http-host-userinfo',
  ),
  refused('a port that is none', get(`${CHAT_HOST}:80.${WEB_HOST}`), 'http-host-port'),
  refused(
    'a host that only begins like a chat’s',
    get(`${CHAT_HOST}.${WEB_HOST}`),
    'name-not-allowed',
    'names are compared whole',
  ),
  refused('CONNECT', lines(`CONNECT ${CHAT_HOST}:443 HTTP/1.1`, `Host: ${CHAT_HOST}:443`), 'http-connect', NOT_CHAT),
  refused(
    'a WebSocket',
    get(CHAT_HOST, 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'),
    'http-upgrade',
    NOT_CHAT,
  ),
  refused('HTTP/2 with prior knowledge', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'http-2-preface', NOT_CHAT),
  refused(
    'an upgrade to HTTP/2',
    get(CHAT_HOST, 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c'),
    'http-upgrade',
    NOT_CHAT,
  ),
  refused(
    'Transfer-Encoding and Content-Length',
    `${post('Transfer-Encoding: chunked', 'Content-Length: 4')}0\r\n\r\n`,
    'http-length-and-coding',
  ),
  refused('Content-Length twice', `${post('Content-Length: 3', 'Content-Length: 30')}abc`, 'http-length-repeated'),
  refused('a list of lengths', `${post('Content-Length: 3, 3')}abc`, 'http-length-malformed'),
  refused('a signed length', `${post('Content-Length: +3')}abc`, 'http-length-malformed'),
  refused('an unknown transfer coding', post('Transfer-Encoding: xchunked'), 'http-transfer-coding'),
  refused(
    'a chunk longer than it says',
    `${post('Transfer-Encoding: chunked')}3\r\nabcdef\r\n0\r\n\r\n`,
    'http-chunk-longer-than-said',
  ),
  refused('content where none is due', `${get(CHAT_HOST, 'Content-Length: 30')}${WEB}`, 'http-content-unexpected'),
  refused('Host named as a connection option', get(CHAT_HOST, 'Connection: Host'), 'http-connection-option'),
  refused('another host online', get(CHAT_HOST, `X-Online-Host: ${WEB_HOST}`), 'http-online-host'),
  tcp(
    80,
    'an endless head',
    [up(`GET / HTTP/1.1\r\nX: ${'y'.repeat(17_000)}`)],
    { drop: 'http-head-too-long' },
    'what is undecided has a limit',
    WEB_SERVER,
  ),
];
