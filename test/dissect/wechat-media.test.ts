import { describe, expect, test } from 'vitest';
import { NOT_THIS } from '../../src/dissect/outcome.ts';
import { wechatMedia } from '../../src/dissect/wechat-media.ts';
import { ascii, concat, hex, noise, u32 } from './hex.ts';
import { checkEverySplit, checkStreamStep, readStream } from './split-property.ts';

const { begin } = wechatMedia;
const message = (bytes: number): Uint8Array => concat(hex('ab'), u32(bytes), noise(bytes - 5));

describe('a media request', () => {
  test.each([25, 180, 300, 1023])('of %i bytes is recognised at its length', (bytes) => {
    expect(checkStreamStep(begin, message(bytes))).toMatchObject({
      kind: 'match',
      facts: { app: 'wechat-media' },
      consumed: 5,
      skip: bytes - 5,
    });
  });

  const foreign: [what: string, bytes: Uint8Array, knownAt: number][] = [
    ['another first byte', hex('aa 00000100'), 1],
    ['a length of 24', hex('ab 00000018'), 5],
    ['a length of 1 KiB', hex('ab 00000400'), 4],
    ['a length no opening has', hex('ab 01'), 2],
  ];
  test.each(foreign)('is not seen in %s', (_, bytes, knownAt) => {
    expect(checkStreamStep(begin, bytes)).toEqual(NOT_THIS);
    expect(begin(bytes.subarray(0, knownAt))).toEqual(NOT_THIS);
    expect(begin(bytes.subarray(0, knownAt - 1)).kind).toBe('more');
  });
});

describe('a media connection', () => {
  test('is followed for three client messages, of which the later may be long', () => {
    const { matches, end } = checkEverySplit(begin, concat(message(200), message(2000), message(40)));
    expect(matches).toMatchObject([{ next: 'step', answer: 'step' }, { facts: null, skip: 1995 }, { next: 'free' }]);
    expect(end).toBe('free');
  });

  test('refuses other bytes behind a request', () => {
    expect(checkEverySplit(begin, concat(message(200), ascii('SSH-2.0-x'))).end).toEqual({
      never: 'wechat-media-followed-by-other-bytes',
    });
  });

  const answers: [what: string, bytes: Uint8Array, end: unknown][] = [
    ['a receipt of 41 bytes', message(41), 'free'],
    ['a receipt of 53 bytes', message(53), 'free'],
    ['the beginning of a video', hex('ab 01ffffff'), 'free'],
    ['too much', hex('ab 02000000'), { never: 'wechat-media-answered-by-other-bytes' }],
    ['HTTP', ascii('HTTP/1.1 200 OK'), { never: 'wechat-media-answered-by-other-bytes' }],
  ];
  test.each(answers)('answered by %s', (_, bytes, end) => {
    const [step] = readStream(begin, message(200)).answers;
    if (typeof step !== 'function') return expect.unreachable();
    expect(checkEverySplit(step, bytes).end).toEqual(end);
  });
});
