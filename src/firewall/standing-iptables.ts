import { constants } from 'node:os';
import type { Host } from './host.ts';
import { ENTRY_CHAIN, TABLES } from './iptables-ruleset.ts';
import { CHAIN, nfTablesMessage, text } from './nf-tables-message.ts';

/**
 * Whether rules of ours may stand that an iptables, of either variant, put there. The kernel tells within a
 * millisecond; to ask four programs takes a gateway's start fifty.
 */
export function mayHoldIptablesRules(host: Host): boolean {
  const legacy = host.legacyTables();
  if (legacy === null || TABLES.some((table) => legacy.includes(table))) return true;
  const questions = (['ipv4', 'ipv6'] as const).flatMap((family) => TABLES.map((table) => ({ family, table })));
  const messages = questions.map(({ family, table }, sequence) =>
    nfTablesMessage({ type: 'getChain', sequence, family }, [text(CHAIN.table, table), text(CHAIN.name, ENTRY_CHAIN)]),
  );
  const answers = host.requestNfnetlink(Buffer.concat(messages));
  const absent = answers.filter((errorNumber) => errorNumber === constants.errno.ENOENT);
  return absent.length < questions.length;
}
