import { describe, expect, test } from 'vitest';
import { qqCall } from '../../../src/dissect/call/qq-call.ts';
import { wechatCall } from '../../../src/dissect/call/wechat-call.ts';
import { type DatagramOutcome, type DatagramStep, FREE, NOT_THIS } from '../../../src/dissect/outcome.ts';
import { concat, hex, noise } from '../hex.ts';
import { checkDatagramStep } from '../split-property.ts';

const sized = (start: string, bytes: number): Uint8Array => {
  const head = hex(start);
  return concat(head, noise(bytes - head.length));
};

const heartbeat = sized('d10a2e0a', 60);
const voice = sized('a108', 75);
const qq = sized('28000000', 39);

function last(step: DatagramStep, datagrams: readonly Uint8Array[]): DatagramOutcome {
  const [datagram, ...others] = datagrams;
  if (datagram === undefined) throw new Error('no datagram');
  const outcome = checkDatagramStep(step, datagram);
  if (others.length === 0 || outcome.kind === 'never') return outcome;
  return outcome.next === FREE ? outcome : last(outcome.next, others);
}

describe.each([
  ['wechat', wechatCall.begin, voice],
  ['qq', qqCall.begin, qq],
] as const)('a %s call', (service, begin, datagram) => {
  test('is recognised at the third fitting datagram in a row, and not before', () => {
    expect(last(begin, [datagram]).kind).toBe('more');
    expect(last(begin, [datagram, datagram]).kind).toBe('more');
    expect(last(begin, [datagram, datagram, datagram])).toMatchObject({
      kind: 'match',
      facts: { app: `${service}-call` },
    });
  });

  test('is let go after three more', () => {
    expect(last(begin, Array(5).fill(datagram))).toMatchObject({ kind: 'match', facts: null });
    expect(last(begin, Array(5).fill(datagram))).not.toHaveProperty('next', FREE);
    expect(last(begin, Array(6).fill(datagram))).toMatchObject({ kind: 'match', facts: null, next: FREE });
  });

  test('is refused when another datagram comes between', () => {
    const other = { kind: 'never', code: 'call-followed-by-other-datagrams' };
    expect(last(begin, [noise(75)])).toEqual(NOT_THIS);
    expect(last(begin, [datagram, noise(75)])).toEqual(other);
    expect(last(begin, [datagram, datagram, noise(75)])).toEqual(other);
    expect(last(begin, [datagram, datagram, datagram, noise(75)])).toEqual(other);
  });

  test("is checked in the server's first two datagrams", () => {
    const outcome = last(begin, [datagram, datagram, datagram]);
    if (outcome.kind !== 'match' || typeof outcome.answer !== 'function') return expect.unreachable();
    expect(last(outcome.answer, [datagram]).kind).toBe('match');
    expect(last(outcome.answer, [datagram, datagram])).toHaveProperty('next', FREE);
    expect(last(outcome.answer, [noise(75)])).toEqual({ kind: 'never', code: 'call-answered-by-other-datagrams' });
  });
});

test.each([
  ['a heartbeat', heartbeat],
  ...['1d', '1e', '2c', '2d'].map((length): [string, Uint8Array] => [
    `heartbeat ${length}`,
    sized(`d10a${length}0a`, 46),
  ]),
  ['voice of 75 bytes', voice],
  ['voice of 92 bytes', sized('a108', 92)],
  ['a3 of 95 bytes', sized('a3', 95)],
  ['a3 of 96 bytes', sized('a3', 96)],
  ...[89, 90, 91, 103, 104].map((bytes): [string, Uint8Array] => [`d5 of ${bytes} bytes`, sized('d5', bytes)]),
  ['d6 of 200 bytes', sized('d6', 200)],
])("may be a WeChat call's: %s", (_, datagram) => {
  expect(wechatCall.begin(datagram).kind).toBe('more');
});

test.each([
  ['nothing', Uint8Array.of()],
  ["a server's heartbeat", sized('d10a2b0a', 60)],
  ['a heartbeat shorter than it says', sized('d10a2e0a', 45)],
  ['a heartbeat much longer than it says', sized('d10a1d0a', 94)],
  ['a heartbeat of another shape', sized('d10a2e0b', 60)],
  ['voice of 76 bytes', sized('a108', 76)],
  ['voice of another kind', sized('a109', 75)],
  ['d5 of 92 bytes', sized('d5', 92)],
  ['d6 of 199 bytes', sized('d6', 199)],
])("cannot be a WeChat call's: %s", (_, datagram) => {
  expect(wechatCall.begin(datagram)).toEqual(NOT_THIS);
});

test("a WeChat server's heartbeat differs from a client's", () => {
  const outcome = last(wechatCall.begin, [heartbeat, heartbeat, heartbeat]);
  if (outcome.kind !== 'match' || typeof outcome.answer !== 'function') return expect.unreachable();
  for (const length of ['29', '2a', '2b', '2d']) {
    expect(outcome.answer(sized(`d10a${length}0a`, 60)).kind).toBe('match');
  }
  expect(outcome.answer(heartbeat).kind).toBe('never');
});

test.each([
  ['38 bytes', sized('28000000', 38)],
  ['another first byte', sized('29000000', 39)],
  ['another fourth byte', sized('28000001', 39)],
])("cannot be a QQ call's: %s", (_, datagram) => {
  expect(qqCall.begin(datagram)).toEqual(NOT_THIS);
});
