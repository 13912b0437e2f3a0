import { helloMessage, QUIC_PARAMETERS, serverName } from '../dissect/client-hello/encode-client-hello.ts';
import { message as dnsMessage, record as dnsRecord, wireName } from '../dissect/dns/messages.ts';
import { concat, hex, noise } from '../dissect/hex.ts';
import { packet as oicqPacket } from '../dissect/oicq/samples.ts';
import { cryptoFrame, sealedPacket, sealInitial, varint } from '../dissect/quic/encode-initial.ts';
import { RANDOM, WEB_HOST } from './messages.ts';
import { down, type Step, type Trick, udp, up } from './trick.ts';

const QUIC_NAME = 'quic.weixin.qq.com';
const BY_QUIC = { allow: 'wechat/text/quic' } as const;
const DENIED = { drop: 'name-not-allowed' } as const;
const SERVER_INITIAL = sealedPacket('initial', { destinationId: hex(''), sourceId: hex('f067a5502a4262b5') });

function hello(name: string): Uint8Array {
  return helloMessage({ extensions: [serverName(name), QUIC_PARAMETERS] });
}

function initial(frames: Uint8Array, packetNumber = 0): Uint8Array {
  return sealInitial(frames, { padTo: 1200, packetNumber });
}

/** The hello in two Initials, cut inside the name. */
function inTwo(name: string): [Uint8Array, Uint8Array] {
  const whole = hello(name);
  const cut = whole.length - QUIC_PARAMETERS.length - 6;
  return [initial(cryptoFrame(0, whole.subarray(0, cut))), initial(cryptoFrame(cut, whole.subarray(cut)), 1)];
}

const WHOLE = 'a hello is read whole, from however many Initials it lies in';
const NOT_QUIC = 'only a client’s Initial begins a connection that can be judged';

function quic(
  name: string,
  steps: readonly Step[],
  expected: Trick['expected'],
  why: string,
  service: Trick['service'] = 'echo',
): Trick {
  return udp(443, name, steps, expected, why, { service });
}

function dns(name: string, steps: readonly Step[], expected: Trick['expected'], why: string): Trick {
  return udp(53, name, steps, expected, why, { service: 'dns' });
}

const QUESTION = dnsMessage();
const ANSWER = dnsMessage({ flags: 0x8180, counts: [1, 1, 0, 0], records: dnsRecord(1, [203, 0, 113, 9]) });
/** As tunnels write it: data in labels below a name of their own. */
const TUNNEL = dnsMessage({
  name: wireName('dnscat2a61b9f0c4e7d', '8f3c1b7a9e5d2c4b6a', 't', 'tunnel', 'example'),
  type: 16,
});
const BELOW_A_CHAT_NAME = dnsMessage({
  name: wireName('8f3c1b7a9e5d2c4b6a', 'short', 'weixin', 'qq', 'com'),
  type: 16,
});

const [chatFirst, chatSecond] = inTwo(QUIC_NAME);
const [webFirst, webSecond] = inTwo(WEB_HOST);

export const DATAGRAM_TRICKS: readonly Trick[] = [
  quic(
    'a chat’s name over QUIC',
    [up(initial(cryptoFrame(0, hello(QUIC_NAME)))), down(SERVER_INITIAL)],
    BY_QUIC,
    WHOLE,
    null,
  ),
  quic(
    'a chat’s name in the second of two Initials',
    [up(chatFirst), up(chatSecond), down(SERVER_INITIAL)],
    BY_QUIC,
    WHOLE,
    null,
  ),
  quic(
    'the two Initials the other way round',
    [up(chatSecond), up(chatFirst), down(SERVER_INITIAL)],
    BY_QUIC,
    WHOLE,
    null,
  ),
  quic('another name over QUIC', [up(initial(cryptoFrame(0, hello(WEB_HOST))))], DENIED, WHOLE),
  quic('another name in the second of two Initials', [up(webFirst), up(webSecond)], DENIED, WHOLE),
  quic('another name in two Initials the other way round', [up(webSecond), up(webFirst)], DENIED, WHOLE),
  quic(
    'an Initial answered by nothing but noise',
    [
      up(initial(cryptoFrame(0, hello(QUIC_NAME)))),
      ...Array.from({ length: 11 }, () => down(concat(hex('17'), noise(63)))),
    ],
    { drop: 'quic-answer-not-a-long-packet' },
    'both ends have to speak the protocol',
    null,
  ),
  quic(
    'another hello in a second Initial',
    [up(initial(cryptoFrame(0, hello(QUIC_NAME)))), up(initial(cryptoFrame(0, hello('kuic.weixin.qq.com')), 1))],
    { drop: 'quic-crypto-overlap-differs' },
    'a byte of the stream has one value',
    null,
  ),
  quic(
    'a frame’s length of 2^62',
    [up(initial(Uint8Array.from([6, 0, ...[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], ...hello(QUIC_NAME)])))],
    { drop: 'quic-frame-cut-short' },
    'a length is checked before it is used',
  ),
  quic(
    'a frame’s offset of 2^62',
    [up(initial(Uint8Array.from([6, ...[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], ...varint(4), 1, 2, 3, 4])))],
    { drop: 'quic-crypto-too-long' },
    'a hello has a limit',
  ),
  quic(
    'a packet’s length of 2^62',
    [up(concat(hex('c0 00000001 08 8394c8f03e515708 00 00 ffffffffffffffff'), noise(1190)))],
    { drop: 'quic-length-beyond-datagram' },
    'a length is checked before it is used',
  ),
  quic(
    'an unknown version',
    [up(concat(hex('c0 fa1a2a3a 08 8394c8f03e515708 00'), noise(1190)))],
    { drop: 'quic-version-unknown' },
    'nobody can read the name in it',
  ),
  quic('a short header first', [up(concat(hex('40'), noise(60)))], { drop: 'quic-short-header-first' }, NOT_QUIC),
  quic(
    'a version negotiation from the client',
    [up(hex('80 00000000 00 08 8394c8f03e515708 00000001'))],
    { drop: 'quic-version-negotiation-from-client' },
    NOT_QUIC,
  ),
  quic(
    'an Initial that is too small',
    [up(sealInitial(cryptoFrame(0, hello(QUIC_NAME)), {}))],
    { drop: 'quic-datagram-too-small' },
    'Initials are padded (RFC 9000 §14.1)',
  ),
  quic(
    'an Initial that nobody can open',
    [up(concat(hex('c0 00000001 08 8394c8f03e515708 00 00 44a6'), noise(1190)))],
    { drop: 'quic-initial-undecryptable' },
    NOT_QUIC,
  ),
  quic(
    'an Initial with noise behind it',
    [up(concat(initial(cryptoFrame(0, hello(QUIC_NAME))), hex('17'), noise(50)))],
    { drop: 'quic-bytes-not-a-long-packet' },
    'nothing but packets may travel in a datagram',
  ),

  dns(
    'a chat’s name looked up',
    [up(QUESTION), down(ANSWER)],
    { allow: 'wechat/text/short-connection' },
    'a phone has to find its servers',
  ),
  dns(
    'another name looked up',
    [up(dnsMessage({ name: wireName('www', 'video', 'example') }))],
    DENIED,
    'names that may not be used need not be found',
  ),
  dns('a DNS tunnel', [up(TUNNEL)], DENIED, 'its name is not a chat’s'),
  dns('a DNS tunnel below a chat’s name', [up(BELOW_A_CHAT_NAME)], DENIED, 'names are compared whole'),
  dns('a question for NULL', [up(dnsMessage({ type: 10 }))], { drop: 'dns-type' }, 'its answer may hold anything'),
  dns('an answer from the client', [up(ANSWER)], { drop: 'unrecognised' }, 'a client asks'),
  dns(
    'a second question for another name',
    [up(QUESTION), down(ANSWER), up(TUNNEL)],
    DENIED,
    'every question is judged for itself',
  ),
  udp(
    53,
    'an answer without its question',
    [
      up(QUESTION),
      down(dnsMessage({ id: 7, flags: 0x8180, counts: [1, 1, 0, 0], records: dnsRecord(1, [203, 0, 113, 9]) })),
    ],
    { drop: 'dns-answer-unasked' },
    'what nobody asked is no answer',
    { service: null },
  ),
  udp(
    53,
    'an answer that is none',
    [up(QUESTION), down(RANDOM)],
    { drop: 'dns-answer-malformed' },
    'both ends have to speak the protocol',
    { service: null },
  ),
  udp(
    443,
    'questions and answers on QUIC’s port',
    [up(QUESTION)],
    { drop: 'unrecognised' },
    'DNS is looked for on its own port',
  ),

  udp(
    8000,
    'an OICQ packet, then noise',
    [up(oicqPacket(0x3b0b, 2, 1_000_001, 60)), down(oicqPacket(0x3b0b, 2, 1_000_001, 60)), up(RANDOM)],
    { drop: 'oicq-followed-by-other-datagrams' },
    'packet by packet',
    { service: 'qq' },
  ),
  udp(
    8000,
    'an OICQ packet answered by noise',
    [up(oicqPacket(0x3b0b, 2, 1_000_001, 60)), down(RANDOM)],
    { drop: 'oicq-answered-by-other-datagrams' },
    'both ends have to speak the protocol',
    { service: null },
  ),
  udp(
    8000,
    'an OICQ packet without its last byte',
    [up(oicqPacket(0x3b0b, 2, 1_000_001, 60).subarray(0, -1))],
    { drop: 'unrecognised' },
    'read from first byte to last',
    { service: 'qq' },
  ),
];
