import { expect, test } from 'vitest';
import { Answering, type Questions } from '../../src/capture/answering.ts';
import type { Policy } from '../../src/classify/policy.ts';
import { CLIENTS, Rehearsal } from '../../src/daemon/rehearsal.ts';
import { VerdictLines } from '../../src/daemon/verdict-lines.ts';
import { askedState, asksAsReply, clientStartTold, markLayout, withState } from '../../src/firewall/mark.ts';
import { FlowState } from '../../src/judge/flow-state.ts';
import type { VerdictRecord } from '../../src/judge/verdict-record.ts';
import { gatewayJudge } from '../judge/gateway-judge.ts';
import { shippedPolicy } from '../judge/gateway-model.ts';
import { recordWith } from '../log/verdict-records.ts';

const MARKS = markLayout(0xf000);
const QUESTIONS: Questions = {
  stateOf: (mark) => askedState(mark, MARKS),
  isReply: (mark) => asksAsReply(mark, MARKS),
  clientStartOf: clientStartTold,
  withState: (mark, state) => withState(mark, state, MARKS),
  verdictPriority: 1,
};
const ENOUGH_STEPS = 1_000;

function nameOfState(state: number): string {
  return Object.entries(FlowState).find(([, known]) => known === state)?.[0] ?? `${state}`;
}

function rehearsing(policy: Policy, firstClient = 0) {
  const records: VerdictRecord[] = [];
  const posted: string[] = [];
  const states: string[] = [];
  let nowMs = 1_000.5;
  const lines = new VerdictLines({ unixMs: () => nowMs, judgeMs: () => nowMs }, (message) => {
    if (message.kind === 'lines') posted.push(Buffer.from(message.bytes).toString('latin1'));
  });
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
    rehearsal: new Rehearsal({
      answering: new Answering(judge),
      askerOf: (verdicts) => ({
        questions: QUESTIONS,
        verdicts: {
          accept: (id, mark) => verdicts.accept(id, mark),
          repeat: (id, mark, priority) => {
            states.push(nameOfState((mark & MARKS.stateMask) >>> MARKS.shift));
            verdicts.repeat(id, mark, priority);
          },
          drop: (id) => {
            states.push('dropped');
            verdicts.drop(id);
          },
        },
        interfaceName: (index) => `interface ${index}`,
      }),
      marks: MARKS,
      firstClient,
      lines,
      monotonicMs,
    }),
    judge,
    lines,
    records,
    posted,
    states,
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

test('connections go on as those of phones: with another request, the same hello again, or a farewell', () => {
  const { rehearsal, states } = rehearsing(shippedPolicy());
  while (!rehearsal.isOver) rehearsal.step();
  const [request, anotherRequest] = ['followed', 'followed'];
  const [hello, sameAgain, farewell] = ['greeting', 'greeting', 'greeting'];
  const ofOneClient = [request, request, anotherRequest, hello, sameAgain, hello, farewell, 'denied'];
  const inTurn = Array.from({ length: states.length }, (_, at) => ofOneClient[at % ofOneClient.length]);
  expect(states).toEqual(inTurn);
});

test('its clients are nobody, and every worker has others', () => {
  const clients = [0, CLIENTS].map((firstClient) => {
    const { rehearsal, records } = rehearsing(shippedPolicy(), firstClient);
    while (!rehearsal.isOver) rehearsal.step();
    for (const { addresses, addressBytes } of records) expect(addresses[0]).toBe(addressBytes === 4 ? 0 : 0xff);
    return records.map(({ addresses, addressBytes }) => addresses.slice(0, addressBytes).join('.'));
  });
  const distinct = clients.map((addresses) => new Set(addresses));
  expect(distinct.map(({ size }) => size)).toEqual([CLIENTS, CLIENTS]);
  expect(new Set(clients.flat()).size).toBe(2 * CLIENTS);
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
