import { NEW_TIMESTAMP, optionsFor } from '../evasion/tcp-options.ts';
import type { Step, Trick, Up } from '../evasion/trick.ts';
import { addressOf, type Family, phoneAddress, type Service } from './rig/addresses.ts';
import type { Agent } from './rig/agent.ts';
import type { Report } from './rig/agent-protocol.ts';
import type { CraftedStep } from './rig/craft/crafted-connection.ts';
import { ACK, FIN, PSH, RST, SYN, URG } from './rig/craft/segment.ts';

/** What became of a trick behind the gateway. */
export interface Course {
  readonly address: string;
  readonly localPort: number;
  /** Whether what was sent last came to the other end: acknowledged, or answered, or received. */
  readonly lastArrived: boolean;
}

/** How long an answer may take that is due, and how long one is waited for that is not. */
const DUE_MS = 3000;
const NOT_DUE_MS = 350;
/** Passes the gateway and dies at the provider. */
const DYING_TTL = 2;
const FAR_OUTSIDE_WINDOW = 0x40000000;

const FLAG_BITS: Readonly<Record<string, number>> = { F: FIN, S: SYN, R: RST, P: PSH, A: ACK, U: URG };

/** Plays a trick to a service; the service's own answers stand in for the trick's. */
export async function playTrick(
  phone: Agent,
  trick: Trick,
  service: Service,
  family: Family,
  sourcePort: number,
): Promise<Course> {
  const address = addressOf(service, family);
  if (trick.transport === 'udp') return playDatagrams(phone, trick, address, { family, sourcePort });
  let report: Report | null = null;
  for (const steps of connections(trick.steps)) {
    const crafted = craftedSteps(steps, 'allow' in trick.expected, service);
    report = await phone.craft({ address, port: trick.port, sourcePort, steps: crafted });
  }
  return { address, localPort: sourcePort, lastArrived: report !== null && hasArrived(trick, report) };
}

async function playDatagrams(
  phone: Agent,
  trick: Trick,
  address: string,
  { family, sourcePort }: { readonly family: Family; readonly sourcePort: number },
): Promise<Course> {
  const socket = phone.udpSocket();
  // A port of its own: the system might give it one that another trick has used.
  await socket.bind(phoneAddress(family), sourcePort);
  let [localPort, lastArrived] = [0, false];
  for (const [index, step] of trick.steps.entries()) {
    if (step.kind !== 'up') continue;
    const isDue = trick.steps[index + 1]?.kind === 'down';
    const answer = await socket.send(address, trick.port, step.bytes, isDue ? DUE_MS : NOT_DUE_MS);
    [localPort, lastArrived] = [answer.localPort, answer.bytes.length > 0];
  }
  await socket.close();
  return { address, localPort, lastArrived };
}

/** The steps of each connection a trick makes with the same ports. */
function connections(steps: readonly Step[]): Step[][] {
  const all: Step[][] = [[]];
  for (const step of steps) {
    if (step.kind === 'again') all.push([]);
    else all.at(-1)?.push(step);
  }
  return all;
}

function craftedSteps(steps: readonly Step[], isAllowed: boolean, service: Service): CraftedStep[] {
  const [first] = steps;
  const opens = first?.kind === 'up' && first.flags === 'S';
  const hasTimestamps = steps.some((step) => step.kind === 'up' && step.loss === 'timestamp');
  const crafted: CraftedStep[] = [
    {
      kind: 'handshake',
      ...(opens ? { data: first.bytes } : {}),
      ...(hasTimestamps ? { options: NEW_TIMESTAMP } : {}),
    },
  ];
  let due = 0;
  for (const step of opens ? steps.slice(1) : steps) {
    if (step.kind === 'up') crafted.push(segmentOf(step));
    if (step.kind !== 'down') continue;
    // What a web server says is its own affair.
    due += service === 'wechat' ? step.bytes.length : 1;
    const isLast = step === steps.at(-1);
    crafted.push({ kind: 'read', atLeast: due, timeoutMs: isLast && !isAllowed ? NOT_DUE_MS : DUE_MS });
  }
  if (steps.at(-1)?.kind === 'up')
    crafted.push({ kind: 'read', atLeast: Number.POSITIVE_INFINITY, timeoutMs: NOT_DUE_MS });
  return crafted;
}

function segmentOf(step: Up): CraftedStep {
  return {
    kind: 'segment',
    offset: step.at,
    bytes: step.bytes,
    flags: [...step.flags].reduce((bits, letter) => bits | (FLAG_BITS[letter] ?? 0), 0),
    options: optionsFor(step.loss),
    ...(step.loss === 'ttl' ? { ttl: DYING_TTL } : {}),
    ...(step.loss === 'checksum' ? { badChecksum: true } : {}),
    ...(step.loss === 'window' ? { outOfWindow: FAR_OUTSIDE_WINDOW } : {}),
  };
}

function hasArrived({ steps }: Trick, { bytes, acknowledged }: Report): boolean {
  const last = steps.at(-1);
  if (last?.kind !== 'up') return bytes.length > 0;
  return acknowledged >= last.at + last.bytes.length;
}
