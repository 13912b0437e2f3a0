import { constants } from 'node:os';
import type { Host } from './host.ts';
import { IP_FAMILIES } from './ip-family.ts';
import { TABLES } from './iptables-ruleset.ts';
import { ENTRY_CHAIN } from './iptables-syntax.ts';
import { askForChain } from './nf-tables-message.ts';

/**
 * Whether rules of ours may stand that an iptables, of either variant, put there. The kernel tells within a
 * millisecond; to ask four programs takes a gateway's start fifty.
 */
export function mayHoldIptablesRules(host: Host): boolean {
  const legacy = host.legacyTables();
  if (legacy === null || TABLES.some((table) => legacy.includes(table))) return true;
  const questions = IP_FAMILIES.flatMap((family) => TABLES.map((table) => askForChain(family, table, ENTRY_CHAIN)));
  const answers = host.requestNfnetlink(Buffer.concat(questions));
  const absent = answers.filter((errorNumber) => errorNumber === constants.errno.ENOENT);
  return absent.length < questions.length;
}
