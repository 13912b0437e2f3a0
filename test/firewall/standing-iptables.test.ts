import { expect, test } from 'vitest';
import type { Host } from '../../src/firewall/host.ts';
import { mayHoldIptablesRules } from '../../src/firewall/standing-iptables.ts';
import { decodeMessages } from '../netfilter-queue/netlink-encoding.ts';

const [ENOENT, EOPNOTSUPP] = [2, 95];

function host(legacy: readonly string[] | null, errnos: readonly number[]) {
  const asked: Uint8Array[] = [];
  const box: Host = {
    run: () => {
      throw new Error('no program is needed');
    },
    requestNfnetlink(datagram) {
      asked.push(datagram);
      return errnos;
    },
    legacyTables: () => legacy,
    kernelRelease: () => '6.1.0',
    speaksIpv6: () => true,
  };
  return { box, asked };
}

const ABSENT = [ENOENT, ENOENT, ENOENT, ENOENT];

test.each<[string, readonly string[] | null, readonly number[], boolean]>([
  ['nothing stands', [], ABSENT, false],
  ['other tables of the legacy variant stand', ['nat', 'raw', ''], ABSENT, false],
  ['the legacy variant keeps a table we use', ['mangle', ''], ABSENT, true],
  ['what the legacy variant keeps is not told', null, ABSENT, true],
  ['one chain of our name stands', [], [ENOENT, 0, ENOENT, ENOENT], true],
  ['the kernel gives another answer', [], [EOPNOTSUPP], true],
  ['the kernel does not answer', [], [], true],
])('where %s, rules of ours may stand: %#', (_, legacy, errnos, mayHold) => {
  expect(mayHoldIptablesRules(host(legacy, errnos).box)).toBe(mayHold);
});

test('our chain is looked for in both tables of both families', () => {
  const { box, asked } = host([], ABSENT);
  mayHoldIptablesRules(box);
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
