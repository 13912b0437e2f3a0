import { expect, test } from 'vitest';
import { Answering, type Asker, type Questions } from '../../src/capture/answering.ts';
import { FlowState } from '../../src/judge/flow-state.ts';
import type { VerdictRecord } from '../../src/judge/verdict-record.ts';
import { emptyPacket, type PacketFields } from '../../src/netfilter-queue/queued-packet.ts';
import { gatewayJudge } from '../judge/gateway-judge.ts';
import { shippedPolicy } from '../judge/gateway-model.ts';
import { request } from '../judge/messages.ts';
import { buildPacket } from '../packet/build-packet.ts';

const MAC = [2, 0, 0, 0, 0, 7];
const START = 1_000;
const PRIORITY = 99;

function desk(verdictPriority: number | null = PRIORITY) {
  const records: VerdictRecord[] = [];
  const said: unknown[][] = [];
  const judge = gatewayJudge({ policy: shippedPolicy(), onVerdict: (record) => records.push(record) });
  const questions: Questions = {
    stateOf: (mark) => (mark === 7 ? FlowState.inbound : FlowState.fresh),
    isReply: () => false,
    clientStartOf: (priority) => priority - 1,
    withState: (mark, state) => mark + state,
    verdictPriority,
  };
  const asker: Asker = {
    questions,
    verdicts: {
      accept: (...words) => said.push(['accept', ...words]),
      repeat: (...words) => said.push(['repeat', ...words]),
      drop: (...words) => said.push(['drop', ...words]),
    },
    interfaceName: (index) => `wlan${index}`,
  };
  return { answering: new Answering(judge), asker, records, said };
}

function queued(more: Partial<PacketFields> = {}): PacketFields {
  const segment = buildPacket({
    source: '10.0.0.2',
    destination: '203.0.113.5',
    sourcePort: 40_000,
    destinationPort: 80,
    sequence: START,
    flags: 'PA',
    payload: Buffer.from(request('short.weixin.qq.com')),
  });
  const bytes = Uint8Array.from([...MAC, ...segment]);
  const fields = { id: 3, mark: 0x100, priority: START + 1, inIndex: 4, start: 6, end: bytes.length };
  return { ...emptyPacket(bytes), ...fields, hardwareAddressStart: 0, hardwareAddressEnd: 6, ...more };
}

test('an allowed packet goes through the rules again with its verdict, or on where the rules want that', () => {
  for (const [priority, expected] of [
    [PRIORITY, ['repeat', 3, 0x100 + FlowState.followed, PRIORITY]],
    [null, ['accept', 3, 0x100 + FlowState.followed]],
  ] as const) {
    const { answering, asker, said } = desk(priority);
    answering.answer(queued(), asker, 5);
    expect(said).toEqual([expected]);
  }
});

test('the judge is told the interface, the sender’s hardware address, and where the stream starts', () => {
  const { answering, asker, records } = desk();
  answering.answer(queued(), asker, 5);
  expect(records[0]).toMatchObject({ inInterface: 'wlan4', action: 'allow' });
  expect([...(records[0]?.addresses.subarray(8) ?? [])]).toEqual(MAC);
  const late = desk();
  late.answering.answer(queued({ priority: START + 2 }), late.asker, 5);
  expect(late.records[0]).toMatchObject({ action: 'drop', reason: 'bytes-before-start' });
});

test('what the judge drops is dropped, and a packet that cannot be read as well', () => {
  const { answering, asker, said } = desk();
  answering.answer(queued(), asker, 5);
  // From the wrong side, in a flow that is being read.
  answering.answer(queued({ id: 4, mark: 7 }), asker, 5);
  answering.answer(queued({ id: 5, end: 10 }), asker, 5);
  expect(said.slice(1)).toEqual([
    ['drop', 4],
    ['drop', 5],
  ]);
});
