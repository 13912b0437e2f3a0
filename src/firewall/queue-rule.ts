import { type Attribute, bigEndian, nested } from '../netfilter-queue/index.ts';
import { CHAIN, type NfTablesHead, nfTablesBatch, nfTablesMessage, TABLE, text } from './nf-tables-message.ts';
import { ASKS_USER_SPACE, QUESTION_CHAIN, remark } from './nft-syntax.ts';
import type { NftWay } from './nft-way.ts';
import { FIREWALL_NAME, type FirewallPlan } from './plan.ts';

/** Source: linux/netfilter/nf_tables.h, linux/netfilter/nf_tables_compat.h. */
const RULE = { table: 1, chain: 2, expressions: 4, userData: 7 } as const;
const LIST_ELEMENT = 1;
const EXPRESSION = { name: 1, data: 2 } as const;
const TARGET = { name: 1, revision: 2, info: 3 } as const;
/** What libnftnl keeps a rule's comment under. */
const COMMENT = 0;

/** What nft's own statement `queue` becomes. */
const QUEUE = { first: 1, count: 2, flags: 3 } as const;

/** Source: struct xt_NFQ_info_v3 of linux/netfilter/xt_NFQUEUE.h: three 16-bit words in host order, and padding to 8 bytes. */
const NFQUEUE_REVISION = 3;
const NFQUEUE_INFO_BYTES = 8;
/** To both the same bit says that packets pass while nobody reads the queue. */
const BYPASS = 1;

/** Names a table that is never made: the kernel is asked whether it would. */
const TRIAL = `${FIREWALL_NAME}-trial`;

/**
 * Puts xtables' target NFQUEUE, which `nft` can list but not write, in front of the rules of the chain `question`: for
 * kernels that have it and lack nft's own statement `queue`.
 */
export function queueRuleRequest(plan: FirewallPlan): Uint8Array {
  return nfTablesBatch([queueRule(plan, 'xtables', FIREWALL_NAME, 2)], 'commit');
}

/**
 * Asks whether the kernel would take a rule that queues, in each of these ways; nothing comes of it, for the kernel
 * forgets what is not committed. It answers for a table, a chain, and each rule. nft could be asked about its own
 * statement, and takes several times as long.
 */
export function queueRuleTrial(plan: FirewallPlan, ways: readonly NftWay['queueing'][]): Uint8Array {
  const table = make('newTable', 2, [text(TABLE.name, TRIAL)]);
  const chain = make('newChain', 3, [text(CHAIN.table, TRIAL), text(CHAIN.name, QUESTION_CHAIN)]);
  const rules = ways.map((queueing, nth) => queueRule(plan, queueing, TRIAL, 4 + nth));
  return nfTablesBatch([table, chain, ...rules], 'forget');
}

function queueRule(plan: FirewallPlan, queueing: NftWay['queueing'], table: string, sequence: number): Uint8Array {
  const [name, data] = queueing === 'nft' ? ['queue', queueStatement(plan)] : ['target', queueTarget(plan)];
  const expression = [text(EXPRESSION.name, name), nested(EXPRESSION.data, data)];
  const comment = Buffer.from(`${remark(ASKS_USER_SPACE)}\0`, 'latin1');
  return make('newRule', sequence, [
    text(RULE.table, table),
    text(RULE.chain, QUESTION_CHAIN),
    nested(RULE.expressions, [nested(LIST_ELEMENT, expression)]),
    { type: RULE.userData, value: Uint8Array.of(COMMENT, comment.length, ...comment) },
  ]);
}

function queueStatement({ queues: { first, count }, whenDown }: FirewallPlan): readonly Attribute[] {
  const word = (type: number, value: number) => ({ type, value: Uint8Array.of(value >> 8, value & 0xff) });
  return [word(QUEUE.first, first), word(QUEUE.count, count), word(QUEUE.flags, whenDown === 'open' ? BYPASS : 0)];
}

function queueTarget({ queues: { first, count }, whenDown }: FirewallPlan): readonly Attribute[] {
  const info = new Uint8Array(NFQUEUE_INFO_BYTES);
  const words = new DataView(info.buffer);
  words.setUint16(0, first, true);
  words.setUint16(2, count, true);
  words.setUint16(4, whenDown === 'open' ? BYPASS : 0, true);
  return [
    text(TARGET.name, 'NFQUEUE'),
    { type: TARGET.revision, value: bigEndian(NFQUEUE_REVISION) },
    { type: TARGET.info, value: info },
  ];
}

function make(type: NfTablesHead['type'], sequence: number, attributes: readonly Attribute[]): Uint8Array {
  return nfTablesMessage({ type, sequence, family: 'inet' }, attributes);
}
