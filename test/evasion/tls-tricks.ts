import {
  extension,
  handshake,
  helloBody,
  helloMessage,
  number,
  serverName,
  vector,
} from '../dissect/client-hello/encode-client-hello.ts';
import { ascii, concat, hex, noise } from '../dissect/hex.ts';
import { ALERT, EARLY_DATA, handshakeRecords, record } from '../dissect/tls/encode-records.ts';
import { serverHello } from '../judge/messages.ts';
import { RETRY_RANDOM } from '../judge/server-hello.ts';
import { BY_WEB_NAME, CHAT_NAME, tlsHello, WEB_HOST } from './messages.ts';
import { down, message, type Trick, tcp, up } from './trick.ts';

const WEB_SERVER = { service: 'web' } as const;
const ANSWERED = { service: 'web', answer: serverHello() } as const;
const DENIED = { drop: 'name-not-allowed' } as const;

/** A hello whose `server_name` extension holds these bytes. */
function helloWith(...names: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  return handshakeRecords(helloMessage({ extensions: names.map((data) => extension(0, data)) }));
}

function nameEntry(name: Uint8Array | string, type = 0): number[] {
  return [type, ...vector(2, typeof name === 'string' ? ascii(name) : name)];
}

const nameList = (...entries: readonly number[][]): number[] => vector(2, ...entries);

/** The hello in two records, and between them whatever is given. */
function interrupted(between: Uint8Array): Uint8Array {
  const hello = helloMessage({ extensions: [serverName(CHAT_NAME)] });
  return concat(record(22, hello.subarray(0, 40)), between, record(22, hello.subarray(40)));
}

const RETRY = concat(hex('16 0303 002a 02 000026 0303'), RETRY_RANDOM, hex('00 1301 00'));

const ONE_HELLO = 'a hello is read whole, from however many records it lies in';
const TWO_READINGS = 'two readers could find two names';
const MALFORMED = 'a hello whose lengths disagree is nobody’s chat';

export const TLS_TRICKS: readonly Trick[] = [
  message(443, 'a chat’s name', tlsHello(CHAT_NAME), BY_WEB_NAME, ONE_HELLO, ANSWERED),
  message(443, 'a chat’s name in records of five bytes', tlsHello(CHAT_NAME, 5), BY_WEB_NAME, ONE_HELLO, ANSWERED),
  message(443, 'a chat’s name in records of one byte', tlsHello(CHAT_NAME, 1), BY_WEB_NAME, ONE_HELLO, ANSWERED),
  message(443, 'another name', tlsHello(WEB_HOST), DENIED, ONE_HELLO, WEB_SERVER),
  message(443, 'another name in records of five bytes', tlsHello(WEB_HOST, 5), DENIED, ONE_HELLO, WEB_SERVER),
  message(443, 'another name in records of one byte', tlsHello(WEB_HOST, 1), DENIED, ONE_HELLO, WEB_SERVER),
  message(
    443,
    'no record between two halves of a hello, but an empty one',
    interrupted(record(22, [])),
    { drop: 'tls-record-length' },
    'empty handshake records are forbidden (RFC 8446 §5.1)',
    WEB_SERVER,
  ),
  message(
    443,
    'an alert between two halves of a hello',
    interrupted(ALERT),
    { drop: 'tls-handshake-interrupted' },
    'nothing may stand between the pieces of a message (RFC 8446 §5.1)',
    WEB_SERVER,
  ),
  message(
    443,
    'data between two halves of a hello',
    interrupted(EARLY_DATA),
    { drop: 'tls-handshake-interrupted' },
    'nothing may stand between the pieces of a message (RFC 8446 §5.1)',
    WEB_SERVER,
  ),
  message(
    443,
    'bytes behind the hello in its record',
    record(22, concat(helloMessage({ extensions: [serverName(CHAT_NAME)] }), noise(20))),
    { drop: 'tls-bytes-after-hello' },
    'a client waits for the answer',
    WEB_SERVER,
  ),
  message(
    443,
    'a second hello behind the first in its record',
    record(
      22,
      concat(
        helloMessage({ extensions: [serverName(CHAT_NAME)] }),
        helloMessage({ extensions: [serverName(WEB_HOST)] }),
      ),
    ),
    { drop: 'tls-bytes-after-hello' },
    'a client waits for the answer',
    WEB_SERVER,
  ),
  message(
    443,
    'a second hello in a record of its own',
    concat(tlsHello(CHAT_NAME), tlsHello(WEB_HOST)),
    { drop: 'tls-bytes-after-hello' },
    'a client waits for the answer',
    WEB_SERVER,
  ),
  tcp(
    443,
    'a second hello with another name after a retry',
    [up(tlsHello(CHAT_NAME)), down(RETRY), up(tlsHello(WEB_HOST), tlsHello(CHAT_NAME).length)],
    { drop: 'tls-second-hello-differs' },
    'a second hello asks for what the first did (RFC 8446 §4.1.2)',
    { service: null },
  ),
  tcp(
    443,
    'the same hello again after a retry',
    [up(tlsHello(CHAT_NAME)), down(RETRY), up(tlsHello(CHAT_NAME), tlsHello(CHAT_NAME).length), down(serverHello())],
    BY_WEB_NAME,
    'a second hello asks for what the first did (RFC 8446 §4.1.2)',
    { service: null },
  ),
  tcp(
    443,
    'a hello answered by noise',
    [up(tlsHello(CHAT_NAME)), down(noise(64))],
    { drop: 'tls-record-version' },
    'both ends have to speak the protocol',
    { service: null },
  ),
  tcp(
    443,
    'a hello answered by itself',
    [up(tlsHello(CHAT_NAME)), down(tlsHello(CHAT_NAME))],
    { drop: 'tls-handshake-type' },
    'a server answers with a hello of a server',
  ),
  message(
    443,
    'two names in one list',
    helloWith(nameList(nameEntry(CHAT_NAME), nameEntry(WEB_HOST))),
    { drop: 'client-hello-name-repeated' },
    TWO_READINGS,
    WEB_SERVER,
  ),
  message(
    443,
    'two lists of names',
    helloWith(nameList(nameEntry(CHAT_NAME)), nameList(nameEntry(WEB_HOST))),
    { drop: 'client-hello-extension-repeated' },
    TWO_READINGS,
    WEB_SERVER,
  ),
  message(
    443,
    'a name of an unknown type in front',
    helloWith(nameList(nameEntry(WEB_HOST, 7), nameEntry(CHAT_NAME))),
    { drop: 'client-hello-name-type' },
    TWO_READINGS,
    WEB_SERVER,
  ),
  message(
    443,
    'NUL in a name',
    helloWith(nameList(nameEntry(`${CHAT_NAME}\0.${WEB_HOST}`))),
    { drop: 'client-hello-name-not-a-host' },
    TWO_READINGS,
    WEB_SERVER,
  ),
  message(
    443,
    'a name that is not ASCII',
    helloWith(nameList(nameEntry(Uint8Array.from(Buffer.from('wｘ.qq.com'))))),
    { drop: 'client-hello-name-not-a-host' },
    'names on the wire are ASCII (RFC 6066 §3)',
    WEB_SERVER,
  ),
  message(
    443,
    'a name with a dot behind it',
    helloWith(nameList(nameEntry(`${CHAT_NAME}.`))),
    { drop: 'client-hello-name-not-a-host' },
    'no trailing dot (RFC 6066 §3)',
    WEB_SERVER,
  ),
  message(
    443,
    'an address as name',
    helloWith(nameList(nameEntry('203.0.113.9'))),
    { drop: 'client-hello-name-is-address' },
    'no literal addresses (RFC 6066 §3)',
    WEB_SERVER,
  ),
  message(
    443,
    'an empty name',
    helloWith(nameList(nameEntry(''))),
    { drop: 'client-hello-name-length' },
    MALFORMED,
    WEB_SERVER,
  ),
  message(
    443,
    'a list longer than its extension',
    helloWith([...number(2, 40), ...nameEntry(CHAT_NAME)]),
    { drop: 'client-hello-name-malformed' },
    MALFORMED,
    WEB_SERVER,
  ),
  message(
    443,
    'a list shorter than its extension',
    helloWith([...number(2, 5), ...nameEntry(CHAT_NAME)]),
    { drop: 'client-hello-name-malformed' },
    MALFORMED,
    WEB_SERVER,
  ),
  message(
    443,
    'a name behind the end of the hello',
    handshakeRecords(handshake(1, concat(helloBody({ extensions: [] }), Uint8Array.from(serverName(CHAT_NAME))))),
    { drop: 'client-hello-extensions-length' },
    MALFORMED,
    WEB_SERVER,
  ),
  message(
    443,
    'no name',
    handshakeRecords(helloMessage({ extensions: [] })),
    { drop: 'no-name' },
    'nothing says where it goes',
    WEB_SERVER,
  ),
  message(
    443,
    'a name that only ends like a chat’s',
    tlsHello('notwx.qq.com'),
    DENIED,
    'names are compared whole',
    WEB_SERVER,
  ),
  message(
    443,
    'a name that only begins like a chat’s',
    tlsHello('wx.qq.com.video.example'),
    DENIED,
    'names are compared whole',
    WEB_SERVER,
  ),
  message(
    443,
    'SSL 2',
    concat(hex('802e 01 0301 0015 0000 0010'), noise(37)),
    { drop: 'unrecognised' },
    'it cannot carry a name',
    WEB_SERVER,
  ),
  message(
    443,
    'SSL 3 records',
    record(22, helloMessage({ extensions: [serverName(CHAT_NAME)] }), 0x0300),
    { drop: 'tls-record-version' },
    'older than server names',
    WEB_SERVER,
  ),
];
