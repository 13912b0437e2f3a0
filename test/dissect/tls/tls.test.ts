import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { getExtensionData, readTlsClientHello } from 'read-tls-client-hello';
import { describe, expect, it } from 'vitest';
import { FREE } from '../../../src/dissect/outcome.ts';
import { tls } from '../../../src/dissect/tls/tls.ts';
import { RETRY_RANDOM } from '../../judge/server-hello.ts';
import {
  extension,
  handshake,
  helloBody,
  helloMessage,
  number,
  serverName,
  vector,
} from '../client-hello/encode-client-hello.ts';
import { ascii, concat } from '../hex.ts';
import { checkEverySplit, checkStreamStep, readStream } from '../split-property.ts';
import { converse } from './conversation.ts';
import { ALERT, CHANGE_CIPHER_SPEC, EARLY_DATA, handshakeRecords, record } from './encode-records.ts';

const hello = handshakeRecords(helloMessage());
const helloWithEarlyData = handshakeRecords(helloMessage({ extensions: [serverName('example.com'), extension(42)] }));
const facts = { app: 'tls', name: 'example.com', ech: false };

function serverHello(random: Uint8Array = new Uint8Array(32).fill(5), version = 0x0303): Uint8Array {
  const rest = [...vector(1, [1, 2, 3]), 0x13, 0x01, 0, ...vector(2, extension(43, [3, 4]))];
  return handshake(2, Uint8Array.from([...number(2, version), ...random, ...rest]));
}

const answer = handshakeRecords(serverHello());
const retry = handshakeRecords(serverHello(RETRY_RANDOM));

describe('the first hello', () => {
  it.each([
    ['in one record', 0x4000],
    ['in two records', 100],
    ['in records that cut through its header', 3],
    ['in records of one byte', 1],
  ])('is found %s, however its bytes arrive', (_, size) => {
    const bytes = handshakeRecords(helloMessage(), size);
    expect(checkStreamStep(tls.begin, bytes)).toMatchObject({ kind: 'match', facts, consumed: bytes.length });
    expect(checkEverySplit(tls.begin, bytes).matches).toHaveLength(1);
  });

  it.each([
    ['as long as is accepted', 0x4000, 'match'],
    ['a byte longer', 0x4001, 'never'],
  ])('%s', (_, length, kind) => {
    const padding = length - helloMessage({ extensions: [extension(21)] }).length;
    const message = helloMessage({ extensions: [extension(21, Array(padding).fill(0))] });
    expect(message).toHaveLength(length);
    expect(tls.begin(handshakeRecords(message)).kind).toBe(kind);
    expect(tls.begin(handshakeRecords(message, 9)).kind).toBe(kind);
  });

  it.each([
    ['other bytes', [0x47, 0x45, 0x54], null],
    ['an SSL 2 hello', [0x80, 0x2e, 1, 3, 1], null],
    ['an mmtls hello', [0x16, 0xf1, 0x04, 0, 0xa1], null],
    ['SSL 3 records', record(22, helloMessage(), 0x0300), 'tls-record-version'],
    ['records of a TLS yet unknown', record(22, helloMessage(), 0x0305), 'tls-record-version'],
    ['an empty record', [0x16, 3, 1, 0, 0], 'tls-record-length'],
    ['an endless record', [0x16, 3, 1, 0x40, 1], 'tls-record-length'],
    [
      'an empty record between its pieces',
      concat(hello.with(4, 40).subarray(0, 45), record(22, [])),
      'tls-record-length',
    ],
    [
      'a change of cipher spec between its pieces',
      concat(record(22, helloMessage().subarray(0, 50)), CHANGE_CIPHER_SPEC, record(22, helloMessage().subarray(50))),
      'tls-handshake-interrupted',
    ],
    ['another handshake message', handshakeRecords(serverHello()), 'tls-handshake-type'],
    ['a hello of 16 MB', record(22, [1, 0xff, 0xff, 0xff]), 'tls-handshake-too-long'],
    [
      'more records than a hello has any use for',
      handshakeRecords(helloMessage({ extensions: [extension(21, Array(6000).fill(0))] }), 1),
      'tls-handshake-in-too-many-records',
    ],
    ['another message behind it', record(22, concat(helloMessage(), helloMessage())), 'tls-bytes-after-hello'],
    ['a byte behind it', record(22, concat(helloMessage(), Uint8Array.of(0))), 'tls-bytes-after-hello'],
    [
      'a body too long for its message',
      handshakeRecords(handshake(1, concat(helloBody(), Uint8Array.of(0)))),
      'client-hello-extensions-length',
    ],
  ])('is not in %s', (_, bytes, code) => {
    expect(tls.begin(Uint8Array.from(bytes))).toEqual({ kind: 'never', code });
    checkStreamStep(tls.begin, Uint8Array.from(bytes).subarray(0, 300));
  });
});

describe('a connection', () => {
  const settled = { facts: [facts], read: [], never: null };

  it.each([
    ['a ServerHello', [answer]],
    [
      'a ServerHello in several records and segments',
      [handshakeRecords(serverHello(), 5).subarray(0, 33), handshakeRecords(serverHello(), 5).subarray(33)],
    ],
    [
      'a ServerHello with its certificate in the same record',
      [record(22, concat(serverHello(), Uint8Array.of(11, 0, 0, 0)))],
    ],
    ['an alert', [ALERT]],
  ])('is settled by %s', (_, answers) => {
    const turns = [hello, ...answers].map((bytes, at) => [at === 0 ? 'client' : 'server', bytes] as const);
    expect(converse(tls.begin, turns)).toEqual({ ...settled, turns: turns.length });
  });

  it('is not settled before the server has answered, whatever the client sends', () => {
    const course = converse(tls.begin, [
      ['client', helloWithEarlyData],
      ['client', concat(CHANGE_CIPHER_SPEC, EARLY_DATA)],
      ['client', EARLY_DATA],
    ]);
    expect(course).toEqual({ facts: [facts], read: ['client', 'server'], never: null, turns: 3 });
  });

  it.each([
    ['another hello', hello, hello],
    ['early data the hello did not announce', hello, EARLY_DATA],
    ['bytes that are no record', helloWithEarlyData, ascii('SSH-2.0-x\r\n')],
    ['a record of an unknown type', hello, record(24, [1, 0, 0])],
    ['a longer change of cipher spec', hello, record(20, [1, 1])],
  ])('is broken off by %s behind the hello, in the same segment or the next', (_, first, then) => {
    const broken = { facts: [facts], never: 'tls-bytes-after-hello' };
    expect(converse(tls.begin, [['client', concat(first, then)]])).toMatchObject({ ...broken, turns: 1 });
    expect(
      converse(tls.begin, [
        ['client', first],
        ['client', then],
      ]),
    ).toMatchObject({ ...broken, turns: 2 });
    checkEverySplit(tls.begin, concat(first, then));
  });

  it.each([
    ['bytes that are no TLS', ascii('HTTP/1.1 200 OK\r\n'), 'tls-record-version'],
    ['a ClientHello', hello, 'tls-handshake-type'],
    ['application data', EARLY_DATA, 'tls-handshake-interrupted'],
    ['an alert of no known level', record(21, [3, 40]), 'tls-alert-malformed'],
    ['a ServerHello of SSL 3', handshakeRecords(serverHello(undefined, 0x0300)), 'server-hello-version'],
    [
      'a ServerHello cut short',
      handshakeRecords(handshake(2, serverHello().subarray(4, 50))),
      'server-hello-malformed',
    ],
    [
      'a ServerHello with too long a session id',
      handshakeRecords(
        handshake(2, Uint8Array.from([3, 3, ...RETRY_RANDOM, ...vector(1, Array(33).fill(0)), 0x13, 1, 0])),
      ),
      'server-hello-session-id',
    ],
  ])('is broken off by %s as the answer', (_, bytes, code) => {
    expect(
      converse(tls.begin, [
        ['client', hello],
        ['server', bytes],
      ]),
    ).toMatchObject({ never: code });
  });
});

describe('a connection whose server asks for a second hello', () => {
  const otherHello = handshakeRecords(helloMessage({ extensions: [serverName('other.net')] }));

  it('is settled by the answer to that one', () => {
    const course = converse(tls.begin, [
      ['client', concat(helloWithEarlyData, EARLY_DATA)],
      ['server', concat(retry, CHANGE_CIPHER_SPEC)],
      ['client', EARLY_DATA],
      ['client', concat(CHANGE_CIPHER_SPEC, hello)],
      ['server', answer],
    ]);
    expect(course).toEqual({ facts: [facts], read: [], never: null, turns: 5 });
  });

  it('is read on the same way however what the server sends behind its retry arrives', () => {
    const [step] = readStream(tls.begin, hello).answers;
    const outcome = typeof step === 'function' ? step(retry) : null;
    if (outcome?.kind !== 'match' || outcome.next === FREE) return expect.unreachable();
    for (const bytes of [CHANGE_CIPHER_SPEC, ALERT]) expect(checkStreamStep(outcome.next, bytes).kind).toBe('match');
  });

  it('may change its cipher spec after the second hello has passed', () => {
    const course = converse(tls.begin, [
      ['client', hello],
      ['server', retry],
      ['client', hello],
      ['server', concat(CHANGE_CIPHER_SPEC, answer)],
    ]);
    expect(course).toMatchObject({ read: [], never: null });
  });

  it.each([
    ['the second hello asks for another name', [retry], otherHello, [], 'tls-second-hello-differs'],
    [
      'the second hello has bytes behind it',
      [retry],
      record(22, concat(helloMessage(), hello)),
      [],
      'tls-bytes-after-hello',
    ],
    ['early data comes that was not announced', [retry], EARLY_DATA, [], 'tls-bytes-after-hello'],
    ['the server does not wait for it', [retry, answer], hello, [], 'tls-bytes-after-retry'],
    [
      'the server says more in the same record',
      [record(22, concat(serverHello(RETRY_RANDOM), serverHello()))],
      hello,
      [],
      'tls-bytes-after-retry',
    ],
    ['the server asks for a third', [retry], hello, [retry], 'tls-second-retry'],
  ])('is broken off when %s', (_, before, second, after, code) => {
    const course = converse(tls.begin, [
      ['client', hello],
      ...before.map((bytes) => ['server', bytes] as const),
      ['client', second],
      ...after.map((bytes) => ['server', bytes] as const),
    ]);
    expect(course).toMatchObject({ never: code });
  });
});

describe('whatever the bytes', () => {
  it('the first step keeps the laws of a step', () => {
    const good = concat(handshakeRecords(helloMessage(), 60), CHANGE_CIPHER_SPEC);
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length - 1), fc.nat(255), (a, x, b, y) => {
        checkStreamStep(tls.begin, good.with(a, x).with(b, y));
      }),
      { interruptAfterTimeLimit: 2000, markInterruptAsFailure: false },
    );
  });

  it('a name found is the name an independent reader finds', async () => {
    const good = handshakeRecords(
      helloMessage({ extensions: [extension(43, [2, 3, 4]), serverName('a.example.com')] }),
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), fc.nat(255), async (at, byte) => {
        const bytes = good.with(at, byte);
        const ours = tls.begin(bytes);
        if (ours.kind !== 'match' || ours.facts?.app !== 'tls') return;
        const stream = new PassThrough();
        stream.end(bytes);
        // A hello may end without extensions, and so without a name (RFC 5246 §7.4.1.2); theirs waits for them.
        const theirs = await readTlsClientHello(stream).catch(() => null);
        const name = theirs === null ? null : getExtensionData(theirs, 'server_name')?.serverName;
        expect(ours.facts.name).toBe(name?.toLowerCase() ?? null);
      }),
      { numRuns: 1000, interruptAfterTimeLimit: 2000, markInterruptAsFailure: false, examples: [[45, 20]] },
    );
  });

  it('the server step keeps the laws of a step', () => {
    const first = tls.begin(hello);
    if (first.kind !== 'match' || typeof first.answer !== 'function') throw new Error('the hello matches');
    const step = first.answer;
    const good = handshakeRecords(serverHello(), 40);
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), (at, byte) => {
        checkStreamStep(step, good.with(at, byte));
      }),
      { interruptAfterTimeLimit: 2000, markInterruptAsFailure: false },
    );
  });
});
