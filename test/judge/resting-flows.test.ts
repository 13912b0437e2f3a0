import { expect, test } from 'vitest';
import { FREE } from '../../src/dissect/outcome.ts';
import type { FlowKey } from '../../src/flow/flow-key.ts';
import { FlowState } from '../../src/judge/flow-state.ts';
import { RestingFlows } from '../../src/judge/resting-flows.ts';
import { keyOf } from '../flow/key-of.ts';
import { ruleId } from '../log/verdict-records.ts';
import { GatewayModel } from './gateway-model.ts';
import { CHAT, WEB } from './messages.ts';

const MAX_RESTING = 16_384;
const EVIDENCE_BYTES = 2 * 1024 * 1024;

function keyFrom(port: number): FlowKey {
  return keyOf({ source: '10.0.0.2', destination: '203.0.113.5', sourcePort: port, destinationPort: 80 }, 7);
}

function restingWith(id: number, evidence: Uint8Array) {
  const step = () => ({ kind: 'never', code: null }) as const;
  const rule = ruleId('wechat/text/x');
  const client = { origin: 0xfffffff0, readBytes: evidence.length, evidence };
  return { id, epoch: 3, serverStart: -1, rule, step, answer: FREE, client } as const;
}

function putWith(flows: RestingFlows, id: number, evidence: Uint8Array): void {
  const flow = restingWith(id, evidence);
  flows.put(keyFrom(id), flow, flow);
}

function takeFrom(flows: RestingFlows, key: FlowKey) {
  const place = flows.find(key);
  return place === undefined ? null : flows.take(place);
}

test('a flow comes back as it was put aside, once', () => {
  const flows = new RestingFlows();
  const flow = restingWith(2 ** 46 + 1, Uint8Array.of(1, 2, 3));
  flows.put(keyFrom(1), flow, flow);
  expect(takeFrom(flows, keyFrom(2))).toBeNull();
  expect([flows.find(keyFrom(1)), flows.find(keyFrom(2))]).toEqual([expect.any(Number), undefined]);
  expect(takeFrom(flows, keyFrom(1))).toEqual({ ...flow, state: FlowState.followed });
  expect(takeFrom(flows, keyFrom(1))).toBeNull();
  expect(flows.find(keyFrom(1))).toBeUndefined();
  expect(flows.size).toBe(0);
});

test('of too many the oldest goes, and no other', () => {
  const flows = new RestingFlows();
  for (let id = 0; id <= MAX_RESTING; id += 1) putWith(flows, id, Uint8Array.of(id & 0xff));
  expect(flows.size).toBe(MAX_RESTING);
  expect(takeFrom(flows, keyFrom(0))).toBeNull();
  for (const id of [1, 2, MAX_RESTING]) {
    expect(takeFrom(flows, keyFrom(id))).toMatchObject({ id, client: { evidence: Uint8Array.of(id & 0xff) } });
  }
});

test('bytes that others have taken the place of are not handed out for the flow’s own', () => {
  const flows = new RestingFlows();
  const size = 15_000;
  const count = Math.ceil(EVIDENCE_BYTES / size) + 5;
  for (let id = 0; id < count; id += 1) putWith(flows, id, new Uint8Array(size).fill(id));
  let lost = 0;
  for (let id = 0; id < count; id += 1) {
    const evidence = takeFrom(flows, keyFrom(id))?.client.evidence ?? null;
    if (evidence === null) lost += 1;
    else expect(Buffer.compare(evidence, new Uint8Array(size).fill(id))).toBe(0);
  }
  expect(lost).toBeGreaterThanOrEqual(5);
  expect(lost).toBeLessThan(9);
});

test.each([
  ['the same again passes', 0, CHAT, 'passed'],
  ['a piece of it again passes', 10, CHAT.slice(10, 30), 'passed'],
  ['other bytes over it are denied', 0, WEB, 'dropped'],
  ['what begins in front of it is denied', -1, CHAT, 'dropped'],
  ['the next request is read: one for a chat passes', CHAT.length, CHAT, 'passed'],
  ['the next request is read: one for the web is denied', CHAT.length, WEB, 'dropped'],
] as const)('of a connection at rest %s', (_, offset, bytes, fate) => {
  const model = new GatewayModel();
  const flow = model.flow({ serverPort: 80 }).handshake();
  flow.up(0, CHAT);
  expect(model.judge.flows).toBe(0);
  expect(flow.up(offset, bytes)).toBe(fate);
});
