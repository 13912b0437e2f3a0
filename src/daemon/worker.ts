import { parentPort, workerData } from 'node:worker_threads';
import { QueueLoop } from '../capture/queue-loop.ts';
import { compilePolicy } from '../classify/rules-in-force.ts';
import { DISSECTORS } from '../dissect/dissectors.ts';
import { markLayout, stateOf, withState } from '../firewall/mark.ts';
import { ChatDevices } from '../judge/chat-devices.ts';
import { Judge } from '../judge/judge.ts';
import { COUNTERS, Counters } from '../log/counters.ts';
import { NetfilterQueue } from '../netfilter-queue/index.ts';
import { InterfaceNames } from '../system/interface-names.ts';
import { VerdictLines } from './verdict-lines.ts';
import { Order, type WorkerMessage, type WorkerSetup } from './worker-message.ts';

/** As much of a packet as the kernel hands over at the most, so that nothing is decided on half of one. */
const COPY_RANGE_BYTES = 0xffff - 4;
/** Packets that may wait for this worker: at 50,000 a second that is a sixth of a second. */
const MAX_WAITING_PACKETS = 8_192;
/** Packets judged before their verdicts are sent: few, so that those do not wait for the whole of a burst. */
const BATCH_PACKETS = 16;
const RECEIVE_BUFFER_BYTES = 8 * 1024 * 1024;
/** How soon an order is heard when no packet comes, and how late a held packet may be released. */
const RECEIVE_TIMEOUT_MS = 50;
/** The kernel remembers what is settled; here only what was on its way at that moment. */
const SETTLED_IDLE_MS = 250;

/** Serves one queue on its own thread until told to stop. */
function serve(setup: WorkerSetup, post: (message: WorkerMessage) => void): void {
  const control = new Int32Array(setup.control);
  const layout = markLayout(setup.markMask);
  // The same in every thread, so that what one notes another can read.
  const monotonicMs = () => performance.timeOrigin + performance.now();
  const interfaces = new InterfaceNames(monotonicMs);
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
  const loop = new QueueLoop({
    queue,
    monotonicMs,
    interfaceName: (index) => interfaces.nameOf(index),
    marks: {
      stateOf: (mark) => stateOf(mark, layout),
      isReply: (mark) => (mark & layout.replyBit) !== 0,
      withState: (mark, state) => withState(mark, state, layout),
    },
  });
  const counts = new Counters(COUNTERS, setup.rows, setup.counters).row(setup.row);
  const lines = new VerdictLines(() => Date.now(), post);
  const judge = new Judge({
    policy: compilePolicy(setup, setup.packs),
    dissectors: DISSECTORS,
    devices: new ChatDevices(setup.devices),
    seed: setup.seed,
    firstFlowId: setup.firstFlowId,
    settledIdleMs: SETTLED_IDLE_MS,
    report: 'as-given',
    onVerdict: (record) => {
      counts.add(record.action === 'allow' ? 'flowsAllowed' : 'flowsDenied');
      lines.add(record);
    },
    onRelease: (token, act, state) => loop.release(token, act, state),
  });
  post({ kind: 'bound' });
  Atomics.wait(control, 0, Order.wait);
  while (Atomics.load(control, 0) === Order.serve) {
    loop.turn(judge);
    lines.flushIfDue();
    counts.set('packets', queue.counters.received);
    counts.set('verdicts', queue.counters.accepted + queue.counters.dropped);
    counts.set('malformed', queue.counters.malformed);
    counts.set('heldPackets', judge.heldPackets);
    counts.set('flowsPending', judge.undecidedFlows);
  }
  const status = queue.status();
  counts.set('kernelDrops', (status?.queueDropped ?? 0) + (status?.userDropped ?? 0));
  judge.finish();
  queue.close();
  lines.close();
}

function start(): void {
  const port = parentPort;
  if (port === null) throw new Error('this file is run as a worker thread');
  const post = (message: WorkerMessage) =>
    port.postMessage(message, message.kind === 'lines' ? [message.bytes.buffer] : []);
  try {
    serve(workerData, post);
  } catch (error) {
    post({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
}

start();
