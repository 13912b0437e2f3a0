import { randomBytes } from 'node:crypto';
import { type MessagePort, parentPort, receiveMessageOnPort } from 'node:worker_threads';
import { Answering, type Asker, type Questions } from '../capture/answering.ts';
import { QueueLoop } from '../capture/queue-loop.ts';
import type { Policy } from '../classify/policy.ts';
import { compilePolicy } from '../classify/rules-in-force.ts';
import { DISSECTORS } from '../dissect/dissectors.ts';
import { askedState, asksAsReply, clientStartTold, type MarkLayout, markLayout, withState } from '../firewall/mark.ts';
import { VERDICT_PRIORITY } from '../firewall/plan.ts';
import { ChatDevices } from '../judge/chat-devices.ts';
import { Judge } from '../judge/judge.ts';
import { COUNTERS, Counters } from '../log/counters.ts';
import { NetfilterQueue } from '../netfilter-queue/index.ts';
import { trimHeap } from '../system/c-heap.ts';
import { InterfaceNames } from '../system/interface-names.ts';
import { monotonicMs } from '../system/monotonic-ms.ts';
import { releaseProgramText } from '../system/program-text.ts';
import { scheduleThread, threadId } from '../system/thread-schedule.ts';
import { CLIENTS, Rehearsal } from './rehearsal.ts';
import { VerdictLines } from './verdict-lines.ts';
import { Control, Order, type WorkerMessage, type WorkerSetup } from './worker-message.ts';

/** As much of a packet as the kernel hands over at the most, so that nothing is decided on half of one. */
const COPY_RANGE_BYTES = 0xffff - 4;
/** Packets that may wait for this worker: at 50,000 a second that is a sixth of a second. */
const MAX_WAITING_PACKETS = 8_192;
/** Packets judged before their verdicts are sent: few, so that those do not wait for the whole of a burst. */
const BATCH_PACKETS = 16;
const RECEIVE_BUFFER_BYTES = 8 * 1024 * 1024;
/** While packets come, orders are looked for after so many batches of them. */
const TURNS_BETWEEN_ORDERS = 64;
/** How soon an order is heard when no packet comes; to wake up for nothing takes two tenths of a millisecond. */
const RECEIVE_TIMEOUT_MS = 100;
/** How long V8's threads may go on compiling what was rehearsed. */
const COMPILING_MS = 300;
/** The kernel remembers what is settled; here only what was on its way at that moment. */
const SETTLED_IDLE_MS = 250;

/** Serves one queue on its own thread until told to stop. */
function serve(setup: WorkerSetup, { post, bundleOf }: Pick<Means, 'post' | 'bundleOf'>): void {
  const control = new Int32Array(setup.control);
  const queue = NetfilterQueue.open({
    queue: setup.queue,
    copyRangeBytes: COPY_RANGE_BYTES,
    maxLength: MAX_WAITING_PACKETS,
    gso: true,
    failOpen: setup.failOpen,
    receiveBufferBytes: RECEIVE_BUFFER_BYTES,
    receiveTimeoutMs: RECEIVE_TIMEOUT_MS,
    batch: BATCH_PACKETS,
  });
  const thread = threadId();
  post({ kind: 'bound', thread });
  // While the rules are put in place; what they ask before that is over waits in the queue.
  const policy = compilePolicy(setup, setup.packs);
  Atomics.wait(control, Control.order, Order.wait);
  if (Atomics.load(control, Control.order) === Order.serve) {
    scheduleThread(thread, 'batch');
    judgeUntilStopped(setup, { control, queue, policy, post, bundleOf });
  }
  queue.close();
}

interface Means {
  readonly control: Int32Array;
  readonly queue: NetfilterQueue;
  readonly policy: Policy;
  readonly post: (message: WorkerMessage) => void;
  /** Memory for a bundle of lines. */
  readonly bundleOf: (bytes: number) => Uint8Array;
}

function judgeUntilStopped(setup: WorkerSetup, { control, queue, policy, post, bundleOf }: Means): void {
  const interfaces = new InterfaceNames(monotonicMs);
  const counts = new Counters(COUNTERS, setup.rows, setup.counters).row(setup.row);
  const lines = new VerdictLines({ unixMs: Date.now, judgeMs: monotonicMs }, post, bundleOf);
  const judge = new Judge({
    policy,
    dissectors: DISSECTORS,
    devices: new ChatDevices(setup.devices),
    seed: randomBytes(4).readInt32LE(),
    firstFlowId: setup.firstFlowId,
    settledIdleMs: SETTLED_IDLE_MS,
    seesHandshakes: false,
    report: 'as-given',
    onVerdict: (record) => {
      counts.add(record.action === 'allow' ? 'flowsAllowed' : 'flowsDenied', lines.areForgotten ? 0 : 1);
      lines.add(record);
    },
  });
  const count = () => {
    counts.set('packets', queue.counters.received);
    counts.set('verdicts', queue.counters.accepted + queue.counters.dropped);
    counts.set('malformed', queue.counters.malformed);
    counts.set('flowsPending', judge.undecidedFlows);
  };
  const answering = new Answering(judge);
  const marks = markLayout(setup.markMask);
  const tellsStarts = Atomics.load(control, Control.tellsStarts) === 1;
  const repeatsVerdicts = Atomics.load(control, Control.repeatsVerdicts) === 1;
  const questions = questionsBy(marks, tellsStarts, repeatsVerdicts);
  const interfaceName = (index: number) => interfaces.nameOf(index);
  const askerOf = (verdicts: NetfilterQueue, questions: Questions): Asker => ({ questions, verdicts, interfaceName });
  const loop = new QueueLoop({
    queue,
    answering,
    asker: askerOf(queue, questions),
    monotonicMs,
    onTick: (nowMs) => {
      judge.tick(nowMs);
      lines.flushIfDue();
      count();
    },
  });
  // Made-up handshakes were never seen by anybody, so that their starts have to be told.
  const rehearsed = tellsStarts ? questions : questionsBy(marks, true, repeatsVerdicts);
  const rehearsal = new Rehearsal({
    answering,
    askerOf: (verdicts) => askerOf(verdicts, rehearsed),
    marks,
    firstClient: setup.row * CLIENTS,
    lines,
    monotonicMs,
  });
  let giveBackAtMs = Number.POSITIVE_INFINITY;
  const turns = new Int32Array(setup.turns);
  const turn = () => {
    Atomics.add(turns, 0, 1);
    const packets = loop.turn(rehearsal.isOver);
    if (packets > 0) return true;
    if (!rehearsal.isOver) {
      rehearsal.step();
      if (rehearsal.isOver) giveBackAtMs = monotonicMs() + COMPILING_MS;
    } else if (monotonicMs() >= giveBackAtMs) {
      giveBackAtMs = Number.POSITIVE_INFINITY;
      giveBackMemory();
      post({ kind: 'rehearsed' });
    }
    return false;
  };
  // A function, for V8 compiles those that are called often, and the loop around it is entered once.
  const someTurns = () => {
    for (let left = TURNS_BETWEEN_ORDERS; left > 0; left -= 1) if (!turn()) return;
  };
  while (Atomics.load(control, Control.order) === Order.serve) someTurns();
  count();
  judge.finish();
  lines.close();
}

/** As the rules in force ask them. */
function questionsBy(layout: MarkLayout, tellsStarts: boolean, repeatsVerdicts: boolean): Questions {
  return {
    stateOf: (mark) => askedState(mark, layout),
    isReply: (mark) => asksAsReply(mark, layout),
    clientStartOf: tellsStarts ? clientStartTold : () => -1,
    withState: (mark, state) => withState(mark, state, layout),
    verdictPriority: repeatsVerdicts ? VERDICT_PRIORITY : null,
  };
}

/** What the start took and nothing needs any more. */
function giveBackMemory(): void {
  trimHeap();
  releaseProgramText();
}

/**
 * Memory that was handed over and has come back, or else new. It is shared, and never goes to the other thread for
 * good: once a thread has given away an array's memory, V8 throws away all it has compiled and checks every array for
 * that from then on.
 */
function bundleFrom(port: MessagePort, bytes: number): Uint8Array {
  const returned: unknown = receiveMessageOnPort(port)?.message;
  const isUsable = returned instanceof SharedArrayBuffer && returned.byteLength >= bytes;
  return new Uint8Array(isUsable ? returned : new SharedArrayBuffer(bytes));
}

function start(): void {
  const port = parentPort;
  if (port === null) throw new Error('this file is run as a worker thread');
  const post = (message: WorkerMessage) => port.postMessage(message);
  port.once('message', (setup: WorkerSetup) => {
    try {
      serve(setup, { post, bundleOf: (bytes) => bundleFrom(port, bytes) });
    } catch (error) {
      post({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
    }
  });
}

start();
