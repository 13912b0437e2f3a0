import { expect, test } from 'vitest';
import { renderNftTable } from '../../src/firewall/nft-ruleset.ts';
import { standingTable } from '../../src/firewall/standing-table.ts';
import { decodeMessages } from '../netfilter-queue/netlink-encoding.ts';
import { box, ENOENT, STANDING } from './box.ts';
import { chainsOf } from './nft-table-machine.ts';
import { PLAN } from './plans.ts';

const EPERM = 1;

test.each([
  ['no table of our name stands', [ENOENT, ENOENT, ENOENT, ENOENT, ENOENT, ENOENT], 'nothing'],
  ['all we ask for stands', STANDING, 'ours'],
  ['the table lacks one of our chains', [0, 0, 0, ENOENT, 0, 0], 'unclear'],
  ['the table has no chain of ours', [0, ENOENT, ENOENT, ENOENT, ENOENT, ENOENT], 'unclear'],
  ['the kernel answers about the table alone', [0], 'unclear'],
  ['the kernel refuses to say', [EPERM, EPERM, EPERM, EPERM, EPERM, EPERM], 'unclear'],
  ['the kernel does not answer', [], 'unclear'],
])('where %s: %s', (_, table, standing) => {
  const { host, calls } = box({}, { table });
  expect(standingTable(host)).toBe(standing);
  expect(calls).toEqual([]);
});

test('the table is asked for, and chains that each way of filling it makes', () => {
  const { host, asked } = box({});
  standingTable(host);
  const [table, ...chains] = asked.flatMap((datagram) => decodeMessages(datagram));
  const text = (value: readonly number[] | undefined) => Buffer.from(value ?? []).toString('latin1');
  // NFT_MSG_GETTABLE of family inet; NLM_F_REQUEST and NLM_F_ACK.
  expect([table?.type, table?.flags, table?.family]).toEqual([0x0a01, 5, 1]);
  expect(table?.attributes.map(({ value }) => text(value))).toEqual(['chatgate\0']);
  for (const starts of ['told', 'asked'] as const) {
    const made = chainsOf(renderNftTable(PLAN, { queueing: 'xtables', starts }));
    for (const { attributes } of chains) {
      const [name, chain] = attributes.map(({ value }) => text(value).replace(/\0$/, ''));
      expect(name).toBe('chatgate');
      expect(made.has(chain ?? '')).toBe(true);
    }
  }
  expect(chains).toHaveLength(STANDING.length - 1);
});
