import { describe, expect, test } from 'vitest';
import { NOT_THIS } from '../../src/dissect/outcome.ts';
import { qqMsf } from '../../src/dissect/qq-msf.ts';
import { ascii, concat, hex, noise, u32 } from './hex.ts';
import { checkEverySplit, checkStreamStep, readStream } from './split-property.ts';

const { begin } = qqMsf;

/** Bytes behind a length that counts itself. */
const counted = (...parts: Uint8Array[]): Uint8Array => {
  const body = concat(...parts);
  return concat(u32(4 + body.length), body);
};

const zero = Uint8Array.of(0);
const login = (type: number, sealing: number, token: Uint8Array, account: string, content: Uint8Array) =>
  counted(u32(type), Uint8Array.of(sealing), counted(token), zero, counted(ascii(account)), content);
const simple = (type: number, sealing: number, account: string, content: Uint8Array) =>
  counted(u32(type), Uint8Array.of(sealing), u32(77), zero, counted(ascii(account)), content);
const answer = (type: number, sealing: number, account: string, content: Uint8Array) =>
  counted(u32(type), Uint8Array.of(sealing), zero, counted(ascii(account)), content);

/** 53 bytes: `00 00 00 35 00 00 00 0d 00 …Heartbeat.Alive…`. */
const heartbeat = simple(0x0d, 0, '', concat(counted(counted(ascii('Heartbeat.Alive')), u32(4), u32(4)), u32(4)));
const firstLogin = login(0x0a, 2, noise(0), '0', noise(640));
const message = login(0x0c, 1, noise(72), '100001', noise(160));
const phoneMessage = simple(0x0b, 1, '100001', noise(96));

describe('an MSF message', () => {
  const accepted: [what: string, bytes: Uint8Array, type: number, headerBytes: number][] = [
    ["a desktop's heartbeat in the clear", heartbeat, 0x0d, 22],
    ["a phone's first login, without a token", firstLogin, 0x0a, 19],
    ["a desktop's message under its token", message, 0x0c, 96],
    ["a phone's message by sequence", phoneMessage, 0x0b, 24],
    ['sealed content of two blocks', simple(0x0b, 1, '0123456789', noise(16)), 0x0b, 28],
    ['content in the clear that is all head', simple(0x0d, 0, '0', u32(4)), 0x0d, 23],
  ];
  test.each(accepted)('is recognised up to its content: %s', (_, bytes, type, headerBytes) => {
    expect(checkStreamStep(begin, bytes)).toMatchObject({
      kind: 'match',
      facts: { app: 'qq-msf', type },
      consumed: headerBytes,
      skip: bytes.length - headerBytes,
    });
    expect(begin(bytes.subarray(0, headerBytes - 1))).toEqual({ kind: 'more', atLeast: headerBytes });
  });

  test('has the length and first bytes of the known heartbeat', () => {
    expect([Buffer.from(heartbeat.subarray(0, 9)).toString('hex'), heartbeat.length]).toEqual([
      '000000350000000d00',
      53,
    ]);
  });

  const foreign: [what: string, bytes: Uint8Array][] = [
    ['a length too short', concat(u32(17), u32(0x0a), hex('01'))],
    ['a length beyond 10 MiB', concat(u32(10 * 1024 * 1024 + 1), u32(0x0a), hex('01'))],
    ['type 9', concat(u32(64), u32(9), hex('01'))],
    ['type 14', concat(u32(64), u32(14), hex('01'))],
    ['sealing 3', concat(u32(64), u32(0x0a), hex('03'))],
    ["WeChat's frame", hex('00000010 0010 0001 00000006 0000000f')],
  ];
  test.each(foreign)('is not seen in %s', (_, bytes) => {
    expect(checkStreamStep(begin, bytes)).toEqual(NOT_THIS);
  });

  const broken: [what: string, bytes: Uint8Array, knownAt: number][] = [
    ['a token length that does not count itself', firstLogin.with(12, 3), 13],
    ['a token of 1 KiB and more', firstLogin.with(11, 4).with(12, 1), 13],
    ['no zero byte before the account', phoneMessage.with(13, 1), 14],
    ['an account length that does not count itself', phoneMessage.with(17, 3), 18],
    ['an account of 21 digits', simple(0x0b, 1, '0'.repeat(21), noise(96)), 18],
    ['an account with a colon', simple(0x0b, 1, '10000:', noise(96)), 24],
    ['an account with a slash', simple(0x0b, 1, '/00001', noise(96)), 19],
    ['sealed content that is not in blocks', simple(0x0b, 1, '100001', noise(97)), 18],
    ['sealed content of one block', simple(0x0b, 1, '100001', noise(8)), 18],
    ['an account that ends behind the message', message.with(3, 90).with(2, 0), 90],
    ['no content in the clear', simple(0x0d, 0, '0', noise(3)), 18],
    ['content in the clear whose head is longer than it', heartbeat.with(21, 36), 22],
    ['content in the clear whose head does not count itself', heartbeat.with(21, 3), 22],
  ];
  test.each(broken)('is refused with a reason as soon as it shows: %s', (_, bytes, knownAt) => {
    expect(checkStreamStep(begin, bytes)).toEqual({ kind: 'never', code: 'qq-msf-malformed' });
    expect(begin(bytes.subarray(0, knownAt)).kind).toBe('never');
    expect(begin(bytes.subarray(0, knownAt - 1)).kind).toBe('more');
  });
});

describe('an MSF connection', () => {
  test('is followed for three client messages, wherever they are cut', () => {
    const { matches, end } = checkEverySplit(begin, concat(heartbeat, message, phoneMessage, ascii('unseen')));
    expect(matches).toMatchObject([{ next: 'step', answer: 'step' }, { facts: null, next: 'step' }, { next: 'free' }]);
    expect(end).toBe('free');
  });

  test('refuses other bytes behind a message', () => {
    expect(checkEverySplit(begin, concat(heartbeat, ascii('SSH-2.0-x'))).end).toEqual({
      never: 'qq-msf-followed-by-other-bytes',
    });
    expect(readStream(begin, concat(heartbeat, message.with(12, 3))).end).toEqual({ never: 'qq-msf-malformed' });
  });

  const answers: [what: string, bytes: Uint8Array, end: unknown][] = [
    ['a heartbeat answer in the clear', answer(0x0d, 0, '0', counted(noise(55))), 'free'],
    ['a sealed message', answer(0x0b, 1, '100001', noise(64)), 'free'],
    ['half a message', answer(0x0b, 1, '100001', noise(64)).subarray(0, 12), 'more'],
    ['a request', phoneMessage, { never: 'qq-msf-malformed' }],
    ['TLS', hex('16 0303 007a 02'), { never: 'qq-msf-answered-by-other-bytes' }],
  ];
  test.each(answers)('answered by %s', (_, bytes, end) => {
    const [step] = readStream(begin, heartbeat).answers;
    if (typeof step !== 'function') return expect.unreachable();
    checkStreamStep(step, bytes);
    expect(checkEverySplit(step, bytes).end).toEqual(end);
  });
});
