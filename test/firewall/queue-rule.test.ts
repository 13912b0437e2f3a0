import { expect, test } from 'vitest';
import { queueRuleRequest, queueRuleTrial } from '../../src/firewall/queue-rule.ts';
import { decodeMessages, type PlainAttribute } from '../netfilter-queue/netlink-encoding.ts';
import { PLAN } from './plans.ts';

const [BATCH_BEGIN, BATCH_END, NEW_RULE] = [0x10, 0x11, 0x0a06];
const INET = 1;

function text(attributes: readonly PlainAttribute[], type: number): string {
  return Buffer.from(attributes.find((attribute) => attribute.type === type)?.value ?? []).toString('latin1');
}

/** An attribute's attributes. */
function inside(attributes: readonly PlainAttribute[], type: number): readonly PlainAttribute[] {
  const value = attributes.find((attribute) => attribute.type === (type | 0x8000))?.value ?? [];
  const header = [20 + value.length, 0, 0, 0, ...new Array<number>(16).fill(0)];
  return decodeMessages(Uint8Array.from([...header, ...value]))[0]?.attributes ?? [];
}

test('the rule comes first in the chain of questions, in one transaction', () => {
  const messages = decodeMessages(queueRuleRequest(PLAN));
  expect(messages.map(({ type }) => type)).toEqual([BATCH_BEGIN, NEW_RULE, BATCH_END]);
  const [, rule] = messages;
  if (rule === undefined) throw new Error('no rule');
  expect([rule.family, text(rule.attributes, 1), text(rule.attributes, 2)]).toEqual([INET, 'chatgate\0', 'question\0']);
  // NLM_F_REQUEST, NLM_F_ACK and NLM_F_CREATE; NLM_F_APPEND would put it behind the others.
  expect(rule.flags).toBe(0x405);
  expect(text(rule.attributes, 7).slice(2)).toBe('chatgate: ask user space\0');
});

test.each([
  [{ first: 7, count: 1 }, 'closed', [7, 0, 1, 0, 0, 0, 0, 0]],
  [{ first: 0x1234, count: 3 }, 'open', [0x34, 0x12, 3, 0, 1, 0, 0, 0]],
] as const)('it queues %o, %s when down', (queues, whenDown, info) => {
  const [, rule] = decodeMessages(queueRuleRequest({ ...PLAN, queues, whenDown }));
  const expression = inside(inside(rule?.attributes ?? [], 4), 1);
  expect(text(expression, 1)).toBe('target\0');
  const target = inside(expression, 2);
  expect(target).toEqual([
    { type: 1, value: [...Buffer.from('NFQUEUE\0')] },
    { type: 2, value: [0, 0, 0, 3] },
    { type: 3, value: [...info] },
  ]);
});

test('a trial asks for the same rule in a table of its own, and is not brought to its end', () => {
  const messages = decodeMessages(queueRuleTrial(PLAN, ['xtables']));
  expect(messages.map(({ type }) => type)).toEqual([BATCH_BEGIN, 0x0a00, 0x0a03, NEW_RULE]);
  for (const { attributes } of messages.slice(1)) expect(text(attributes, 1)).toBe('chatgate-trial\0');
  const [, wanted] = decodeMessages(queueRuleRequest(PLAN));
  expect(messages[3]?.attributes.slice(1)).toEqual(wanted?.attributes.slice(1));
});

test('one trial asks for rules of both ways, each by itself', () => {
  const rules = decodeMessages(queueRuleTrial(PLAN, ['nft', 'xtables'])).slice(3);
  const alone = (['nft', 'xtables'] as const).map((way) => decodeMessages(queueRuleTrial(PLAN, [way]))[3]);
  expect(rules.map(({ attributes }) => attributes)).toEqual(alone.map((rule) => rule?.attributes));
});

test('a trial of nft’s own statement asks for what nft would make of it', () => {
  const messages = decodeMessages(
    queueRuleTrial({ ...PLAN, queues: { first: 0x1234, count: 3 }, whenDown: 'open' }, ['nft']),
  );
  expect(messages.map(({ type }) => type)).toEqual([BATCH_BEGIN, 0x0a00, 0x0a03, NEW_RULE]);
  const expression = inside(inside(messages[3]?.attributes ?? [], 4), 1);
  expect(text(expression, 1)).toBe('queue\0');
  expect(inside(expression, 2)).toEqual([
    { type: 1, value: [0x12, 0x34] },
    { type: 2, value: [0, 3] },
    { type: 3, value: [0, 1] },
  ]);
});
