import { type Attribute, NLM_F_ACK, NLM_F_REQUEST, nfnetlinkMessage } from '../netfilter-queue/index.ts';

/**
 * What the kernel's nf_tables is told and asked without a program.
 * Source: linux/netfilter/nfnetlink.h, linux/netfilter/nf_tables.h.
 */
const BATCH_BEGIN = 0x10;
const BATCH_END = 0x11;
const NF_TABLES = 10;
const NLM_F_CREATE = 0x400;

const MESSAGE = { newTable: 0, getTable: 1, newChain: 3, getChain: 4, newRule: 6 } as const;
const FAMILY = { inet: 1, ipv4: 2, ipv6: 10 } as const;
/** A table's attributes. */
export const TABLE = { name: 1 } as const;
/** A chain's. */
export const CHAIN = { table: 1, name: 3 } as const;

export interface NfTablesHead {
  readonly type: keyof typeof MESSAGE;
  readonly sequence: number;
  readonly family: keyof typeof FAMILY;
}

/** One message, to be acknowledged. */
export function nfTablesMessage(head: NfTablesHead, attributes: readonly Attribute[]): Uint8Array {
  const type = (NF_TABLES << 8) | MESSAGE[head.type];
  const flags = NLM_F_REQUEST | NLM_F_ACK | (head.type.startsWith('get') ? 0 : NLM_F_CREATE);
  const { sequence } = head;
  return nfnetlinkMessage({ type, flags, sequence, resource: 0, family: FAMILY[head.family] }, attributes);
}

/** Asks whether a chain stands. */
export function askForChain(family: NfTablesHead['family'], table: string, name: string): Uint8Array {
  const attributes = [text(CHAIN.table, table), text(CHAIN.name, name)];
  return nfTablesMessage({ type: 'getChain', sequence: 0, family }, attributes);
}

/** Several as one transaction; one that is not committed is forgotten once all of it has been looked at. */
export function nfTablesBatch(messages: readonly Uint8Array[], end: 'commit' | 'forget'): Uint8Array {
  const mark = (type: number) => nfnetlinkMessage({ type, flags: NLM_F_REQUEST, sequence: 1, resource: NF_TABLES }, []);
  return Buffer.concat([mark(BATCH_BEGIN), ...messages, ...(end === 'commit' ? [mark(BATCH_END)] : [])]);
}

/** A name as an attribute. */
export function text(type: number, value: string): Attribute {
  return { type, value: Buffer.from(`${value}\0`, 'latin1') };
}
