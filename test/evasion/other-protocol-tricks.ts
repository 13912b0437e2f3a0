import { ascii, concat, hex, noise } from '../dissect/hex.ts';
import { CHAT_HOST, CHAT_NAME, lines, RANDOM, WEB_HOST } from './messages.ts';
import { bytesOf, down, message, type Trick, tcp, udp, up } from './trick.ts';

const CHAT_PORTS = [80, 443, 8080, 14000] as const;
const UDP_PORTS = [443, 8000] as const;

const OVER_TCP: readonly (readonly [name: string, bytes: Uint8Array, reason: string])[] = [
  ['SSH', ascii('SSH-2.0-OpenSSH_9.6p1\r\n'), 'unrecognised'],
  ['a tunnel of random bytes', RANDOM, 'unrecognised'],
  ['a tunnel that begins with its length', concat(hex('00000100'), noise(256)), 'unrecognised'],
  [
    'a WebSocket',
    ascii(lines('GET /chat HTTP/1.1', `Host: ${CHAT_HOST}`, 'Upgrade: websocket', 'Connection: Upgrade')),
    'http-upgrade',
  ],
  [
    'an HTTP proxy’s CONNECT',
    ascii(lines(`CONNECT ${WEB_HOST}:443 HTTP/1.1`, `Host: ${WEB_HOST}:443`)),
    'http-connect',
  ],
  ['an HTTP proxy’s GET', ascii(lines(`GET http://${WEB_HOST}/ HTTP/1.1`, `Host: ${WEB_HOST}`)), 'name-not-allowed'],
  ['SOCKS 4', hex('04 01 01bb cb007109 00'), 'unrecognised'],
  ['SOCKS 5', hex('05 01 00'), 'unrecognised'],
  ['OpenVPN', concat(hex('0036 38'), noise(8), hex('00 00000001 6553f100'), noise(37)), 'unrecognised'],
  ['BitTorrent', concat(hex('13'), ascii('BitTorrent protocol'), new Uint8Array(48)), 'unrecognised'],
  ['SMTP whose client speaks first', ascii('EHLO phone.example\r\n'), 'unrecognised'],
  ['RDP', hex('0300 0013 0ee000000000 0001 0008 0003000000'), 'unrecognised'],
  ['zeros', new Uint8Array(64), 'unrecognised'],
];

const OVER_UDP: readonly (readonly [name: string, bytes: Uint8Array, reason?: string])[] = [
  ['WireGuard', concat(hex('01000000'), noise(144))],
  ['OpenVPN', concat(hex('38'), noise(8), hex('00 00000001 6553f100'), noise(28))],
  ['BitTorrent’s DHT', ascii('d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe'), 'quic-short-header-first'],
  ['uTP', concat(hex('4100'), noise(18)), 'quic-short-header-first'],
  ['noise', concat(hex('17'), noise(63))],
  ['an empty datagram', new Uint8Array(0)],
  ['a STUN request', concat(hex('0001 0000 2112a442'), noise(12))],
];

const NOTHING_KNOWN = 'what nobody recognises is denied';

export const OTHER_PROTOCOL_TRICKS: readonly Trick[] = [
  ...CHAT_PORTS.flatMap((port) =>
    OVER_TCP.map(([name, bytes, reason]) => message(port, name, bytes, { drop: reason }, NOTHING_KNOWN)),
  ),
  ...UDP_PORTS.flatMap((port) =>
    OVER_UDP.map(([name, bytes, reason]) =>
      udp(port, name, [up(bytes)], { drop: port === 443 ? (reason ?? 'unrecognised') : 'unrecognised' }, NOTHING_KNOWN),
    ),
  ),
  ...CHAT_PORTS.map((port) =>
    tcp(
      port,
      'a server that speaks first',
      [down('220 mail.example ESMTP\r\n')],
      { drop: 'server-spoke-first' },
      'a chat’s client speaks first',
      { service: null },
    ),
  ),
  tcp(
    443,
    'a server that speaks while the client’s first message is under way',
    [up(bytesOf('GET / HT')), down('SSH-2.0-x\r\n')],
    { drop: 'server-spoke-first' },
    'a chat’s client speaks first',
    { service: 'ssh' },
  ),
  tcp(
    8080,
    'nobody goes on',
    [up('GET / HT'), { kind: 'wait', ms: 61_000 }],
    { drop: 'never-completed' },
    'what is undecided is denied',
    { service: null },
  ),
  udp(9999, 'noise on any other port', [up(RANDOM)], { drop: 'unrecognised' }, NOTHING_KNOWN),
  message(
    80,
    'TLS to a forged name on another chat port',
    concat(hex('16 0301 0005 01 000001 00')),
    { drop: 'client-hello-cut-short' },
    `it does not even say ${CHAT_NAME}`,
  ),
];
