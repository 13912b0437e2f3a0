import { constants } from 'node:os';
import type { Host } from './host.ts';
import { askForChain, nfTablesMessage, TABLE, text } from './nf-tables-message.ts';
import { QUESTION_CHAIN } from './nft-syntax.ts';
import { FIREWALL_NAME } from './plan.ts';

/** Some chains of ours, of names that nobody else gives all of. */
const OURS = ['judge', 'other_states', 'on_its_way', 'ask_about_a_stream', QUESTION_CHAIN] as const;

/**
 * Whether our table of nf_tables stands: nothing of its name, or one that has our chains; unclear where somebody has to
 * look into it. The kernel tells within a millisecond; to have nft list it takes a gateway's start twenty.
 */
export function standingTable(host: Host): 'nothing' | 'ours' | 'unclear' {
  const head = { type: 'getTable', sequence: 0, family: 'inet' } as const;
  const table = nfTablesMessage(head, [text(TABLE.name, FIREWALL_NAME)]);
  const chains = OURS.map((name) => askForChain('inet', FIREWALL_NAME, name));
  const [answer, ...answers] = host.requestNfnetlink(Buffer.concat([table, ...chains]));
  if (answer === constants.errno.ENOENT) return 'nothing';
  const areAllThere =
    answer === 0 && answers.length === OURS.length && answers.every((errorNumber) => errorNumber === 0);
  return areAllThere ? 'ours' : 'unclear';
}
