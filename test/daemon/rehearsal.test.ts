import { expect, test } from 'vitest';
import { Answering, type Asker } from '../../src/capture/answering.ts';
import type { Policy } from '../../src/classify/policy.ts';
import { Rehearsal } from '../../src/daemon/rehearsal.ts';
import { VerdictLines } from '../../src/daemon/verdict-lines.ts';
import { FlowState } from '../../src/judge/flow-state.ts';
import type { VerdictRecord } from '../../src/judge/verdict-record.ts';
import { gatewayJudge } from '../judge/gateway-judge.ts';
import { shippedPolicy } from '../judge/gateway-model.ts';
import { recordWith } from '../log/verdict-records.ts';

/** A rehearsal's answers go nowhere. */
const refuse = () => {
  throw new Error('a made-up packet was answered');
};
const NOBODY: Asker = {
  questions: {
    stateOf: () => FlowState.unknown,
    isReply: () => false,
    clientStartOf: () => -1,
    withState: () => 0,
    verdictPriority: 1,
  },
  verdicts: { accept: refuse, repeat: refuse, drop: refuse },
  interfaceName: () => null,
};
const ENOUGH_STEPS = 1_000;

function rehearsing(policy: Policy) {
  const records: VerdictRecord[] = [];
  const posted: string[] = [];
  let nowMs = 1_000.5;
  const lines = new VerdictLines(
    () => nowMs,
    (message) => {
      if (message.kind === 'lines') posted.push(Buffer.from(message.bytes).toString('latin1'));
    },
  );
  const judge = gatewayJudge({
    policy,
    settledIdleMs: 0,
    onVerdict: (record) => {
      records.push(record);
      lines.add(record);
    },
  });
  const monotonicMs = () => {
    nowMs += 0.1;
    return nowMs;
  };
  return {
    rehearsal: new Rehearsal({ answering: new Answering(judge), asker: NOBODY, lines, monotonicMs }),
    judge,
    lines,
    records,
    posted,
  };
}

test('what is rehearsed is what phones do: connections that are allowed and others, of both families', () => {
  const { rehearsal, records } = rehearsing(shippedPolicy());
  while (!rehearsal.isOver) rehearsal.step();
  const seen = new Set(records.map(({ action, facts, addressBytes }) => `${action} ${facts?.app} ${addressBytes}`));
  const kinds = ['allow http', 'allow tls', 'drop tls'];
  expect(seen).toEqual(new Set(kinds.flatMap((kind) => [`${kind} 4`, `${kind} 16`])));
  expect(new Set(records.map(({ flowId }) => flowId)).size).toBe(records.length);
});

test('its client is nobody', () => {
  const { rehearsal, records } = rehearsing(shippedPolicy());
  rehearsal.step();
  expect(records.length).toBeGreaterThan(0);
  for (const { addresses, addressBytes } of records) {
    expect(addresses.subarray(0, addressBytes).every((byte) => byte === 0)).toBe(true);
  }
});

test.each<[string, Policy]>([
  ['allows', shippedPolicy()],
  ['denies', { ...shippedPolicy(), decide: () => ({ action: 'deny', reason: 'name-not-allowed' }) }],
])('a rehearsal ends, and leaves nothing in the log where the policy %s what it rehearses', (_, policy) => {
  const { rehearsal, judge, lines, records, posted } = rehearsing(policy);
  lines.add(recordWith({ flowId: 4711 }));
  let steps = 0;
  for (; !rehearsal.isOver && steps < ENOUGH_STEPS; steps += 1) rehearsal.step();
  expect(steps).toBeLessThan(ENOUGH_STEPS);
  judge.finish();
  lines.add(recordWith({ flowId: 4712 }));
  lines.close();
  expect(records.length).toBeGreaterThan(1_000);
  const written = posted.join('').trim().split('\n');
  expect(written.map((line) => JSON.parse(line).flow_id)).toEqual([4711, 4712]);
});
