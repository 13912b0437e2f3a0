import type { Policy } from '../../../src/classify/policy.ts';
import type { Arrival } from '../../../src/judge/arrival.ts';
import { FlowState } from '../../../src/judge/flow-state.ts';
import type { Judge } from '../../../src/judge/judge.ts';
import { Packet, readPacket } from '../../../src/packet/packet.ts';
import { gatewayJudge } from '../../judge/gateway-judge.ts';
import { buildPacket } from '../../packet/build-packet.ts';
import { HTTP_NAME } from '../gateway/network.ts';
import { Sheet } from '../report/sheet.ts';
import { shippedPolicy } from '../shipped-policy.ts';

const FLOWS = 100_000;
/** A judge keeps at most 65,536 undecided flows: two of them hold what one would without that cap. */
const JUDGES = 2;
const ROUNDS = 3;
const SERVERS = 200;
const PORTS = 50_000;

const WAITING = [
  { name: 'half a request', payload: Buffer.from(`GET /cgi-bin HTTP/1.1\r\nHost: ${HTTP_NAME}\r\n`), port: 80 },
  { name: 'the first byte of a hello', payload: Buffer.from([0x16]), port: 443 },
] as const;

export function benchFlowMemory(): Sheet {
  const sheet = new Sheet('flows: memory of undecided flows', [
    ...WAITING.map(({ name }) => ({
      name: `undecided with ${name}, bytes held aside`,
      unit: 'bytes a flow',
      goal: { contestant: 'chatgate', of: 'value' as const, bound: 'at most' as const, limit: 1024 },
    })),
  ]);
  if (globalThis.gc === undefined) {
    sheet.note('skipped: run node with --expose-gc');
    return sheet;
  }
  const policy = shippedPolicy();
  for (const { name, payload, port } of WAITING) {
    for (let round = -1; round < ROUNDS; round += 1) {
      const perFlow = bytesPerFlow(policy, payload, port);
      // The first round still brings what is compiled and remembered once.
      if (round >= 0) sheet.add(`undecided with ${name}, bytes held aside`, 'chatgate', perFlow - payload.length);
    }
  }
  return sheet;
}

/** On its own, so that nothing of one round is still held in the next. */
function bytesPerFlow(policy: Policy, payload: Uint8Array, port: number): number {
  const before = usedBytes();
  const judges = Array.from({ length: JUDGES }, () => gatewayJudge({ policy, onVerdict: () => {} }));
  for (let flow = 0; flow < FLOWS; flow += 1) offer(judges[flow % JUDGES], flow, payload, port);
  const used = usedBytes() - before;
  const undecided = judges.reduce((sum, judge) => sum + judge.undecidedFlows, 0);
  if (undecided !== FLOWS) throw new Error(`${undecided} undecided flows`);
  return used / FLOWS;
}

function offer(judge: Judge | undefined, flow: number, payload: Uint8Array, port: number): void {
  const bytes = buildPacket({
    source: `198.18.0.${1 + Math.floor(flow / PORTS)}`,
    destination: `198.19.0.${1 + (flow % SERVERS)}`,
    sourcePort: 10_000 + (flow % PORTS),
    destinationPort: port,
    sequence: 1_000,
    acknowledgement: 5_000,
    flags: 'PA',
    payload,
  });
  const packet = new Packet();
  const arrival: Arrival = {
    atMs: 1_000,
    known: FlowState.fresh,
    isReply: false,
    clientStart: 1_000,
    inInterface: 'lan0',
    sourceMacAt: 0,
    macBytes: bytes,
    epoch: flow,
  };
  judge?.judge(packet, readPacket(bytes, 0, bytes.length, packet), arrival);
}

function usedBytes(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + Math.max(external, arrayBuffers);
}
