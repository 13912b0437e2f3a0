import { extension, helloMessage, QUIC_PARAMETERS, serverName } from '../dissect/client-hello/encode-client-hello.ts';
import { message as dnsMessage, record as dnsRecord, framed, wireName } from '../dissect/dns/messages.ts';
import { ascii, concat, hex, noise, u32 } from '../dissect/hex.ts';
import {
  earlyHello,
  fullHello,
  fullServerHello,
  record,
  resumedHello,
  resumedServerHello,
} from '../dissect/mmtls/samples.ts';
import { clientRecords, requestHead, serverRecords } from '../dissect/mmtls-http/exchange.ts';
import { overTcp, packet } from '../dissect/oicq/samples.ts';
import { cryptoFrame, sealedPacket, sealInitial } from '../dissect/quic/encode-initial.ts';
import { ALERT, CHANGE_CIPHER_SPEC, EARLY_DATA, handshakeRecords } from '../dissect/tls/encode-records.ts';
import { CHAT_HOST, CHAT_NAME, get, lines, tlsHello, WEB_HOST } from '../evasion/messages.ts';
import { OK, serverHello, wechatFrame } from '../judge/messages.ts';

/** Both sides of a connection, as they would be sent by who speaks the protocol. */
export interface Exchange {
  readonly port: number;
  readonly client: Uint8Array;
  readonly server: Uint8Array;
}

const frame = wechatFrame(6);
const frameAnswer = wechatFrame(1_000_000_006);
const msf = concat(u32(48), hex('0000000b 01 0000004d 00 0000000a'), ascii('100001'), noise(24));
const msfAnswer = concat(u32(43), hex('0000000b 01 00 0000000a'), ascii('100001'), noise(24));
const oicq = packet(0x3c3d, 0x17, 1_000_001, 27);
const media = concat(hex('ab 00000030'), noise(43));
const chat = ascii(get(CHAT_HOST));
const web = ascii(get(WEB_HOST));
const post = ascii(`${lines('POST /a HTTP/1.1', `Host: ${CHAT_HOST}`, 'Content-Length: 40')}${'x'.repeat(40)}`);
const chunked = ascii(
  `${lines('POST /a HTTP/1.1', `Host: ${CHAT_HOST}`, 'Transfer-Encoding: chunked')}5\r\nabcde\r\n3;x=y\r\nabc\r\n0\r\n\r\n`,
);
const question = dnsMessage();
const answer = dnsMessage({ flags: 0x8180, counts: [1, 1, 0, 0], records: dnsRecord(1, [203, 0, 113, 9]) });
const otherQuestion = dnsMessage({ name: wireName('www', 'video', 'example') });
const retry = hex(
  '16 0303 002a 02 000026 0303 cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c 00 1301 00',
);
const EARLY_HELLO = handshakeRecords(helloMessage({ extensions: [serverName(CHAT_NAME), extension(42)] }));
const times = (count: number, bytes: Uint8Array): Uint8Array => concat(...Array.from({ length: count }, () => bytes));

function over(ports: readonly number[], client: Uint8Array, server: Uint8Array): Exchange[] {
  return ports.map((port) => ({ port, client, server }));
}

export const EXCHANGES: readonly Exchange[] = [
  ...over([80, 8080], concat(chat, post, chunked, chat), ascii(`HTTP/1.1 100 Continue\r\n\r\n${OK}${OK}${OK}`)),
  ...over([80], concat(chat, web), ascii(OK)),
  ...over([80, 8080], web, ascii(OK)),
  ...over([80], concat(post, web), ascii(OK)),
  ...over(
    [80],
    concat(ascii(requestHead(clientRecords.length)), clientRecords),
    concat(ascii(lines('HTTP/1.1 200 OK')), serverRecords),
  ),
  ...over([443], concat(tlsHello(CHAT_NAME), record(0x17, noise(40), 0x0303)), concat(serverHello(), noise(40))),
  ...over([443], tlsHello(CHAT_NAME, 7), serverHello()),
  ...over([443], times(2, tlsHello(CHAT_NAME)), concat(retry, serverHello())),
  ...over([443], concat(tlsHello(CHAT_NAME), tlsHello(WEB_HOST)), concat(retry, serverHello())),
  ...over([443], tlsHello(WEB_HOST), serverHello()),
  ...over([443], concat(EARLY_HELLO, CHANGE_CIPHER_SPEC, EARLY_DATA), concat(retry, CHANGE_CIPHER_SPEC, serverHello())),
  ...over([443], concat(CHANGE_CIPHER_SPEC, tlsHello(CHAT_NAME)), ALERT),
  ...over(
    [443, 8080],
    concat(fullHello, times(3, record(0x17, noise(30)))),
    concat(fullServerHello, record(0x17, noise(30))),
  ),
  ...over([443], concat(resumedHello, record(0x17, noise(30))), resumedServerHello),
  ...over([80], concat(earlyHello, record(0x19, noise(30))), resumedServerHello),
  ...over([8080, 14000], times(5, frame), times(5, frameAnswer)),
  ...over([8080], concat(frame, wechatFrame(237, 'some text'), noise(40)), times(2, frameAnswer)),
  ...over([8080, 14000], times(4, msf), times(4, msfAnswer)),
  ...over([80, 443], times(4, overTcp(oicq)), times(4, overTcp(oicq))),
  ...over([443, 14000], times(4, media), times(4, media)),
  ...over([53], framed(question, question), framed(answer, answer)),
  ...over([53], framed(question, otherQuestion), framed(answer, answer)),
  ...over([80, 443, 8080, 14000], ascii('SSH-2.0-OpenSSH_9.6p1\r\n'), ascii('SSH-2.0-x\r\n')),
  ...over([80, 443, 8080, 14000], noise(80), noise(80)),
];

export const QUIC_HELLO = helloMessage({ extensions: [serverName('quic.weixin.qq.com'), QUIC_PARAMETERS] });
const initial = (from: number, to: number, packetNumber: number): Uint8Array =>
  sealInitial(cryptoFrame(from, QUIC_HELLO.subarray(from, to)), { padTo: 1200, packetNumber });

/** Datagrams of one flow in order; `up` and `down` are sent in turn. */
export interface DatagramExchange {
  readonly port: number;
  readonly up: readonly Uint8Array[];
  readonly down: readonly Uint8Array[];
}

export const DATAGRAM_EXCHANGES: readonly DatagramExchange[] = [
  {
    port: 443,
    up: [initial(0, 999, 0)],
    down: [sealedPacket('initial', { destinationId: hex(''), sourceId: hex('f067a5502a4262b5') })],
  },
  { port: 443, up: [initial(0, 50, 0), initial(50, 999, 1)], down: [sealedPacket('handshake')] },
  { port: 53, up: [question, question], down: [answer, answer] },
  { port: 53, up: [question, otherQuestion], down: [answer, answer] },
  { port: 8000, up: [oicq, oicq, oicq, oicq, oicq], down: [oicq, oicq, oicq] },
  {
    port: 8000,
    up: Array.from({ length: 8 }, () => concat(hex('d10a2e0a'), noise(50))),
    down: [concat(hex('d10a2b0a'), noise(50))],
  },
  {
    port: 8000,
    up: Array.from({ length: 8 }, () => concat(hex('28000000'), noise(50))),
    down: [concat(hex('28000000'), noise(50))],
  },
  { port: 9999, up: [noise(60)], down: [noise(60)] },
];
