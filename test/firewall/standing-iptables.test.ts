import { expect, test } from 'vitest';
import { mayHoldIptablesRules } from '../../src/firewall/standing-iptables.ts';
import { decodeMessages } from '../netfilter-queue/netlink-encoding.ts';
import { ABSENT, box, ENOENT } from './box.ts';

const EOPNOTSUPP = 95;

test.each<[string, readonly string[] | null, readonly number[], boolean]>([
  ['nothing stands', [], ABSENT, false],
  ['other tables of the legacy variant stand', ['nat', 'raw', ''], ABSENT, false],
  ['the legacy variant keeps a table we use', ['mangle', ''], ABSENT, true],
  ['what the legacy variant keeps is not told', null, ABSENT, true],
  ['one chain of our name stands', [], [ENOENT, 0, ENOENT, ENOENT], true],
  ['the kernel gives another answer', [], [EOPNOTSUPP], true],
  ['the kernel does not answer', [], [], true],
])('where %s, rules of ours may stand: %#', (_, legacy, chains, mayHold) => {
  const { host, calls } = box({}, { legacy, chains });
  expect(mayHoldIptablesRules(host)).toBe(mayHold);
  expect(calls).toEqual([]);
});

test('our chain is looked for in both tables of both families', () => {
  const { host, asked } = box({});
  mayHoldIptablesRules(host);
  const questions = asked.flatMap((datagram) => decodeMessages(datagram));
  // NFT_MSG_GETCHAIN; NLM_F_REQUEST and NLM_F_ACK.
  for (const { type, flags } of questions) expect([type, flags]).toEqual([0x0a04, 5]);
  const text = (value: readonly number[] | undefined) => Buffer.from(value ?? []).toString('latin1');
  expect(questions.map(({ family, attributes }) => [family, ...attributes.map(({ value }) => text(value))])).toEqual([
    [2, 'mangle\0', 'chatgate\0'],
    [2, 'filter\0', 'chatgate\0'],
    [10, 'mangle\0', 'chatgate\0'],
    [10, 'filter\0', 'chatgate\0'],
  ]);
});
