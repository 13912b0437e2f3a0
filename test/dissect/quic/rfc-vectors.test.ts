import { describe, expect, it } from 'vitest';
import { clientInitialKeys } from '../../../src/dissect/quic/initial-keys.ts';
import { quic } from '../../../src/dissect/quic/quic.ts';
import { quicVersion } from '../../../src/dissect/quic/version.ts';
import { hex } from '../hex.ts';
import { CLIENT_ID, sealInitial } from './encode-initial.ts';

/** RFC 9001 A.2, which RFC 9369 A.2 takes over: one CRYPTO frame, the rest of 1,162 bytes is padding. */
const frame = hex(`
  060040f1010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e868
  04fe3a47f06a2b69484c00000413011302010000c000000010000e00000b6578
  616d706c652e636f6dff01000100000a00080006001d00170018001000070005
  04616c706e000500050100000000003300260024001d00209370b2c9caa47fba
  baf4559fedba753de171fa71f50f1ce15d43e994ec74d748002b000302030400
  0d0010000e0403050306030203080408050806002d00020101001c0002400100
  3900320408ffffffffffffffff05048000ffff07048000ffff08011001048000
  75300901100f088394c8f03e51570806048000ffff`);

describe.each([
  {
    source: 'RFC 9001 A',
    version: 'v1' as const,
    number: 1,
    key: '1f369613dd76d5467730efcbe3b1a22d',
    iv: 'fa044b2f42a3fd3b46fb255c',
    hp: '9f50449e04a0e810283a1e9933adedd2',
    start: 'c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11',
    tag: 'e221af44860018ab0856972e194cd934',
    answer: `
      cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b0aac406a5816b6394100f37a1c69797554780bb3
      8cc5a99f5ede4cf73c3ec2493a1839b3dbcba3f6ea46c5b7684df3548e7ddeb9c3bf9c73cc3f3bded74b562bfb19fb84
      022f8ef4cdd93795d77d06edbb7aaf2f58891850abbdca3d20398c276456cbc42158407dd074ee`,
    retry: 'ff000000010008f067a5502a4262b5746f6b656e04a265ba2eff4d829058fb3f0f2496ba',
  },
  {
    source: 'RFC 9369 A',
    version: 'v2' as const,
    number: 0x6b3343cf,
    key: '8b1a0bc121284290a29e0971b5cd045d',
    iv: '91f73e2351d8fa91660e909f',
    hp: '45b95e15235d6f45a6b19cbcb0294ba9',
    start: 'd76b3343cf088394c8f03e5157080000449ea0c95e82ffe67b6abcdb4298b485',
    tag: 'a18b2faa745b6fe189cf772a9f84cbfc',
    answer: `
      dc6b3343cf0008f067a5502a4262b5004075d92faaf16f05d8a4398c47089698baeea26b91eb761d9b89237bbf872630
      17915358230035f7fd3945d88965cf17f9af6e16886c61bfc703106fbaf3cb4cfa52382dd16a393e42757507698075b2
      c984c707f0a0812d8cd5a6881eaf21ceda98f4bd23f6fe1a3e2c43edd9ce7ca84bed8521e2e140`,
    retry: 'cf6b3343cf0008f067a5502a4262b5746f6b656ec8646ce8bfe33952d955543665dcc7b6',
  },
])('the packets of $source', ({ version, number, key, iv, hp, start, tag, answer, retry }) => {
  // The last 16 bytes authenticate all that stands between: the packet is the one that is printed there.
  const initial = sealInitial(frame, { version, packetNumber: 2, packetNumberBytes: 4, padTo: 1200 });

  it('come out of the encoder that the other tests use', () => {
    expect(initial).toHaveLength(1200);
    expect(initial.subarray(0, 32)).toEqual(hex(start));
    expect(initial.subarray(-16)).toEqual(hex(tag));
  });

  it('are protected with the keys that are derived', () => {
    const found = quicVersion(number);
    if (found === undefined) throw new Error('a version that is known');
    const keys = clientInitialKeys(found, CLIENT_ID);
    expect([keys.key, keys.iv, keys.headerKey].map((bytes) => Buffer.from(bytes).toString('hex'))).toEqual([
      key,
      iv,
      hp,
    ]);
  });

  it('are read: the name asked for, then the answer that settles the flow', () => {
    const outcome = quic.begin(initial);
    expect(outcome).toMatchObject({ kind: 'match', facts: { app: 'quic', name: 'example.com', ech: false } });
    if (outcome.kind !== 'match' || typeof outcome.answer !== 'function') throw new Error('an answer is awaited');
    expect(outcome.answer(hex(answer))).toEqual({ kind: 'match', facts: null, next: 'free', answer: 'free' });
    expect(outcome.answer(hex(retry))).toEqual({ kind: 'more', next: expect.any(Function) });
  });
});
