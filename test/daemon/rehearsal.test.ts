import { expect, test } from 'vitest';
import { Rehearsal } from '../../src/daemon/rehearsal.ts';
import type { VerdictRecord } from '../../src/judge/verdict-record.ts';
import { shippedPolicy } from '../judge/gateway-model.ts';

const ENOUGH_STEPS = 1_000;

test('what is rehearsed is what phones do: connections that are allowed, of both families', () => {
  const records: VerdictRecord[] = [];
  new Rehearsal(shippedPolicy(), 1, (record) => records.push(record)).step();
  const seen = new Set(records.map(({ action, facts, addressBytes }) => `${action} ${facts?.app} ${addressBytes}`));
  expect(seen).toEqual(new Set(['allow http 4', 'allow http 16', 'allow tls 4', 'allow tls 16']));
  expect(new Set(records.map(({ flowId }) => flowId)).size).toBe(records.length);
});

test('a rehearsal ends', () => {
  const rehearsal = new Rehearsal(shippedPolicy(), 2 ** 46);
  let steps = 1;
  while (rehearsal.step() && steps < ENOUGH_STEPS) steps += 1;
  expect(steps).toBeLessThan(ENOUGH_STEPS);
});
