import { describe, expect, test } from 'vitest';
import { mmtls } from '../../../src/dissect/mmtls/mmtls.ts';
import { NOT_THIS } from '../../../src/dissect/outcome.ts';
import { ascii, concat, hex, noise, u16 } from '../hex.ts';
import { checkEverySplit, checkStreamStep, readStream } from '../split-property.ts';
import {
  alert,
  clientHello,
  earlyHello,
  fullHello,
  fullServerHello,
  record,
  resumedHello,
  resumedServerHello,
  serverHello,
} from './samples.ts';

const { begin } = mmtls;
const finished = record(0x16, noise(55));
const data = record(0x17, noise(200));
const early = record(0x19, noise(36));
const sealedAlert = record(0x15, noise(23));

test('the samples have the lengths and first bytes of real hellos', () => {
  const starts = (bytes: Uint8Array, size: number) => Buffer.from(bytes.subarray(0, size)).toString('hex');
  expect([starts(resumedHello, 15), resumedHello.length]).toEqual(['16f10400a10000009d0104f10100a8', 166]);
  expect([starts(fullHello, 17), fullHello.length]).toEqual(['16f104016e0000016a0104f102c02b00a8', 371]);
  expect([starts(resumedServerHello, 14), resumedServerHello.length]).toEqual(['16f104002e0000002a0204f100a8', 51]);
  expect([starts(fullServerHello, 14), fullServerHello.length]).toEqual(['16f1040089000000850204f1c02b', 142]);
});

describe("a client's hello", () => {
  const accepted: [what: string, bytes: Uint8Array, hello: string, headerBytes: number][] = [
    ['with a resumption key', resumedHello, 'resumed', 56],
    ['in full', fullHello, 'full', 58],
    ['in full, without a key to resume', clientHello([0xc02b], 200), 'full', 56],
    ['announcing early data', earlyHello, 'early-data', 56],
    ['of the older version', clientHello([0x00a8], 111, { version: 0xf103 }), 'resumed', 56],
    ['beside a suite nobody knows', clientHello([0x1301, 0x00a8], 111), 'resumed', 58],
  ];
  test.each(accepted)('is recognised up to its extensions: %s', (_, bytes, hello, headerBytes) => {
    expect(checkStreamStep(begin, bytes)).toMatchObject({
      kind: 'match',
      facts: { app: 'mmtls', hello },
      consumed: headerBytes,
      skip: bytes.length - headerBytes,
    });
    expect(begin(bytes.subarray(0, headerBytes - 1))).toEqual({ kind: 'more', atLeast: headerBytes });
  });

  const foreign: [what: string, bytes: Uint8Array][] = [
    ['TLS', hex('16 0301 00c8 01 0000c4 0303')],
    ['version f1 02', resumedHello.with(2, 2)],
    ['version f1 05', resumedHello.with(2, 5)],
    ['a data record', data],
    ['an alert', alert],
    ['a first record without a hello, of another type', record(0x18, noise(161))],
  ];
  test.each(foreign)('is not seen in %s', (_, bytes) => {
    expect(checkStreamStep(begin, bytes)).toEqual(NOT_THIS);
  });

  const broken: [what: string, bytes: Uint8Array, knownAt: number][] = [
    ['a record too short for a hello', concat(hex('16 f104'), u16(50)), 5],
    ['a record longer than any hello', concat(hex('16 f104'), u16(4097)), 5],
    ['a section length that does not chain', resumedHello.with(8, 0x9e), 9],
    ["the server's side", resumedHello.with(9, 2), 10],
    ['an inner version 05 f1', resumedHello.with(10, 5), 11],
    ['an inner version 04 f2', resumedHello.with(11, 0xf2), 12],
    ['no suite', resumedHello.with(12, 0), 13],
    ['five suites', resumedHello.with(12, 5), 13],
    ['only suites nobody knows', resumedHello.with(14, 0xa9), 15],
    ['extensions that end before the record', resumedHello.with(54, 0x6e), 55],
    ['extensions that end behind the record', resumedHello.with(54, 0x70), 55],
    ['sealed bytes where the hello should be', record(0x16, noise(161)), 6],
  ];
  test.each(broken)('is refused with a reason: %s', (_, bytes, knownAt) => {
    expect(checkStreamStep(begin, bytes)).toEqual({ kind: 'never', code: 'mmtls-client-hello-malformed' });
    expect(begin(bytes.subarray(0, knownAt))).toEqual({ kind: 'never', code: 'mmtls-client-hello-malformed' });
    expect(begin(bytes.subarray(0, knownAt - 1)).kind).toBe('more');
  });
});

describe('an mmtls connection', () => {
  test.each([
    ['resumed', concat(resumedHello, finished, data)],
    ['full', concat(fullHello, finished, data)],
    ['with early data', concat(earlyHello, early, data, sealedAlert)],
    ['with the shortest of records', concat(resumedHello, record(0x17, noise(17)), record(0x15, noise(7)))],
  ])('is followed for three client records, wherever they are cut: %s', (_, bytes) => {
    const { matches, end } = checkEverySplit(begin, bytes);
    expect(matches).toHaveLength(3);
    expect(matches).toMatchObject([{ next: 'step', answer: 'step' }, { facts: null, consumed: 5 }, { next: 'free' }]);
    expect(end).toBe('free');
  });

  const strays: [what: string, bytes: Uint8Array][] = [
    ['text', ascii('SSH-2.0-x\r\n')],
    ['TLS application data', hex('17 0303 0020')],
    ['a sealed record too short for its tag', record(0x17, noise(16))],
    ['an unknown record type', record(0x18, noise(40))],
  ];
  test.each(strays)('refuses %s behind the hello', (_, bytes) => {
    expect(checkEverySplit(begin, concat(resumedHello, bytes)).end).toEqual({ never: 'mmtls-followed-by-other-bytes' });
  });

  const answers: [what: string, bytes: Uint8Array, end: unknown][] = [
    ['a hello to a resumption', concat(resumedServerHello, finished), 'free'],
    ['a hello to a resumption, of which nothing more has come', resumedServerHello, 'free'],
    ['a full hello', fullServerHello, 'free'],
    ['an alert', alert, 'free'],
    ['a sealed alert', sealedAlert, 'free'],
    ['half a hello', fullServerHello.subarray(0, 30), 'more'],
    ['half an alert', alert.subarray(0, 8), 'more'],
    ['TLS', hex('16 0303 007a 02'), { never: 'mmtls-answered-by-other-bytes' }],
    ['data before any hello', data, { never: 'mmtls-answered-by-other-bytes' }],
    ['HTTP', ascii('HTTP/1.1 400 Bad Request'), { never: 'mmtls-answered-by-other-bytes' }],
    ["a client's hello", resumedHello, { never: 'mmtls-server-hello-malformed' }],
    ['a suite nobody knows', serverHello(0x1301, 1), { never: 'mmtls-server-hello-malformed' }],
    ['a section that does not chain', resumedServerHello.with(8, 0x2b), { never: 'mmtls-server-hello-malformed' }],
    ['extensions that do not chain', resumedServerHello.with(49, 2), { never: 'mmtls-server-hello-malformed' }],
    ['an alert that does not chain', alert.with(8, 4), { never: 'mmtls-server-hello-malformed' }],
  ];
  test.each(answers)('answered by %s', (_, bytes, end) => {
    const [answer] = readStream(begin, resumedHello).answers;
    if (typeof answer !== 'function') return expect.unreachable();
    checkStreamStep(answer, bytes);
    expect(checkEverySplit(answer, bytes).end).toEqual(end);
  });
});
