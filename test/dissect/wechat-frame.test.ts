import { describe, expect, test } from 'vitest';
import { NOT_THIS } from '../../src/dissect/outcome.ts';
import { wechatFrame } from '../../src/dissect/wechat-frame.ts';
import { ascii, concat, hex, noise, u32 } from './hex.ts';
import { checkEverySplit, checkStreamStep, readStream } from './split-property.ts';

const { begin } = wechatFrame;

const frame = (operation: number, body = noise(0), sequence = 1): Uint8Array =>
  concat(u32(16 + body.length), hex('0010 0001'), u32(operation), u32(sequence), body);

const heartbeat = hex('00000010 0010 0001 00000006 0000000f');
const heartbeatAnswer = hex('00000010 0010 0001 3b9aca06 0000000f');
const send = frame(237, noise(202 - 16));

describe('a WeChat frame', () => {
  const accepted: [what: string, bytes: Uint8Array, operation: number, bodyBytes: number][] = [
    ['the published heartbeat', heartbeat, 6, 0],
    ['a heartbeat with sequence -1', frame(6, noise(0), 0xffffffff), 6, 0],
    ['a message of 202 bytes', send, 237, 186],
    ['a receipt, whose operation is numbered like an answer', frame(1_000_000_190, noise(40)), 1_000_000_190, 40],
    ['the highest operation', frame(0xffff), 0xffff, 0],
    ['a frame of 4 MiB, of which only the header is there', frame(9).with(1, 0x40).with(3, 0), 9, 4 * 1024 * 1024 - 16],
  ];
  test.each(accepted)('is recognised at its header: %s', (_, bytes, operation, bodyBytes) => {
    expect(checkStreamStep(begin, bytes)).toMatchObject({
      kind: 'match',
      facts: { app: 'wechat-frame', operation },
      consumed: 16,
      skip: bodyBytes,
    });
    for (let length = 0; length < 16; length += 1) {
      expect(begin(bytes.subarray(0, length))).toEqual({ kind: 'more', atLeast: length + 1 });
    }
  });

  const foreign: [what: string, bytes: Uint8Array, knownAt: number][] = [
    ['a length below the header', heartbeat.with(3, 15), 4],
    ['a length beyond 4 MiB', heartbeat.with(1, 0x40).with(3, 1), 4],
    ['a length beyond 16 MiB', heartbeat.with(0, 1), 1],
    ['a header length of 20', heartbeat.with(5, 20), 6],
    ['version 2', heartbeat.with(7, 2), 8],
    ['open Mars', hex('00000014 000000c8 00000006 00000001 00000000'), 6],
    ['text', ascii('GET / HTTP/1.1'), 1],
  ];
  test.each(foreign)('is not seen in %s', (_, bytes, knownAt) => {
    expect(checkStreamStep(begin, bytes)).toEqual(NOT_THIS);
    expect(begin(bytes.subarray(0, knownAt))).toEqual(NOT_THIS);
    expect(begin(bytes.subarray(0, knownAt - 1)).kind).toBe('more');
  });

  test.each([0, 0x10000, 999_999_999, 1_000_000_000, 1_000_065_536, 0xffffffff])(
    'with operation %i is refused with a reason',
    (operation) => {
      expect(checkStreamStep(begin, frame(operation))).toEqual({
        kind: 'never',
        code: 'wechat-frame-operation-unknown',
      });
    },
  );
});

describe('the long connection', () => {
  test('is followed for three client frames, wherever they are cut', () => {
    const { matches, end } = checkEverySplit(begin, concat(heartbeat, send, heartbeat, ascii('not looked at')));
    expect(matches).toMatchObject([
      { facts: { operation: 6 }, next: 'step', answer: 'step' },
      { facts: null, consumed: 16, skip: 186, next: 'step' },
      { facts: null, next: 'free' },
    ]);
    expect(end).toBe('free');
  });

  test('refuses the published ping client, whose heartbeat has six loose bytes behind it', () => {
    const { matches, end } = checkEverySplit(begin, concat(heartbeat, ascii('\nhello')));
    expect(matches).toHaveLength(1);
    expect(end).toEqual({ never: 'wechat-frame-followed-by-other-bytes' });
  });

  test('names an unknown operation in a later frame', () => {
    expect(readStream(begin, concat(heartbeat, frame(0))).end).toEqual({ never: 'wechat-frame-operation-unknown' });
  });

  const answers: [what: string, bytes: Uint8Array, end: unknown][] = [
    ['the heartbeat answer', heartbeatAnswer, 'free'],
    ['a push', frame(24, noise(9), 0), 'free'],
    ['an answer with a body still to come', frame(1_000_000_237, noise(300)).subarray(0, 16), 'free'],
    ['half a header', heartbeatAnswer.subarray(0, 9), 'more'],
    ['HTTP', ascii('HTTP/1.1 200 OK'), { never: 'wechat-frame-answered-by-other-bytes' }],
    ['an SSH banner', ascii('SSH-2.0-OpenSSH_9.6\r\n'), { never: 'wechat-frame-answered-by-other-bytes' }],
  ];
  test.each(answers)('answered by %s', (_, bytes, end) => {
    const [answer] = readStream(begin, heartbeat).answers;
    if (typeof answer !== 'function') return expect.unreachable();
    checkStreamStep(answer, bytes);
    expect(checkEverySplit(answer, bytes).end).toEqual(end);
  });
});
