// Runs inside a network namespace: `node child.mjs <queue options as JSON> <what to do as JSON>`.
// Serves the queue until told to stop (a line on stdin, or its end), then prints its counters as one line of JSON.
import { stdout } from 'node:process';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { NetfilterQueue } from '../../../dist/netfilter-queue/index.js';

const DEFAULTS = {
  queue: 0,
  copyRangeBytes: 2048,
  maxLength: 8192,
  gso: true,
  failOpen: false,
  receiveBufferBytes: 32 * 1024 * 1024,
  receiveTimeoutMs: 20,
};

const VERDICTS = {
  accept: (queue, id, { mark }) => queue.accept(id, mark),
  drop: (queue, id) => queue.drop(id),
  repeat: (queue, id, { mark, priority }) => queue.repeat(id, mark, priority),
  acceptTwice: (queue, id) => {
    queue.accept(id);
    queue.accept(id);
  },
};

/**
 * task.verdict: a key of VERDICTS; task.mark: for accept and repeat; task.priority: for repeat; task.hold: how many packets to keep waiting, the oldest being
 * answered first; task.describe: tally what the packets look like; task.collectGarbage: between batches, collect and
 * reuse all memory that nothing holds.
 */

function serve(options, task, isStopped, report) {
  const queue = NetfilterQueue.open({ ...DEFAULTS, ...options });
  const decide = VERDICTS[task.verdict ?? 'accept'];
  const held = [];
  let idle = 0;
  let garbage = [];
  const seen = {
    protocols: {},
    hooks: {},
    inIndexes: {},
    outIndexes: {},
    hardwareAddresses: {},
    marks: {},
    priorities: {},
  };
  const tally = (name, value) => {
    seen[name][value] = (seen[name][value] ?? 0) + 1;
  };
  let payloadBytes = 0;
  let originalBytes = 0;
  let aggregated = 0;
  let unsummed = 0;
  report({ ready: true });
  while (!(isStopped() && idle > 3)) {
    const count = queue.receive();
    idle = count === 0 ? idle + 1 : 0;
    for (let index = 0; index < count; index += 1) {
      const packet = queue.packet(index);
      if (task.describe) {
        const address = packet.bytes.subarray(packet.hardwareAddressStart, packet.hardwareAddressEnd);
        tally('protocols', packet.protocol);
        tally('hooks', packet.hook);
        tally('inIndexes', packet.inIndex);
        tally('outIndexes', packet.outIndex);
        tally('marks', packet.mark);
        tally('priorities', packet.priority);
        tally('hardwareAddresses', Buffer.from(address).toString('hex'));
        payloadBytes += packet.end - packet.start;
        originalBytes += packet.originalBytes;
        aggregated += packet.aggregated ? 1 : 0;
        unsummed += packet.checksumReady ? 0 : 1;
      }
      if (task.hold) held.push(packet.id);
      else decide(queue, packet.id, task);
    }
    while (held.length > (idle > 0 ? 0 : task.hold)) decide(queue, held.shift(), task);
    if (task.collectGarbage) {
      garbage = Array.from({ length: 200 }, (_, index) => new Uint8Array(1024 + index).fill(0xff));
      globalThis.gc();
    }
  }
  const status = queue.status();
  queue.close();
  report({
    counters: queue.counters,
    status,
    seen,
    payloadBytes,
    originalBytes,
    aggregated,
    unsummed,
    garbage: garbage.length,
  });
}

const describeError = ({ name, code, message, errorNumber }) => ({ name, code, message, errorNumber });
const print = (message) => stdout.write(`${JSON.stringify(message)}\n`);

if (isMainThread) {
  const [options, task] = process.argv.slice(2, 4).map((text) => JSON.parse(text));
  const flag = new Int32Array(new SharedArrayBuffer(4));
  process.stdin.on('data', () => Atomics.store(flag, 0, 1));
  process.stdin.on('end', () => Atomics.store(flag, 0, 1));
  for (const queue of task.queues ?? [options.queue ?? 0]) {
    const worker = new Worker(new URL(import.meta.url), { workerData: { options: { ...options, queue }, task, flag } });
    worker.on('message', print);
    worker.on('error', (error) => print({ error: describeError(error) }));
  }
} else {
  const { parentPort } = await import('node:worker_threads');
  const { options, task, flag } = workerData;
  try {
    const isStopped = () => Atomics.load(flag, 0) === 1;
    const report = (message) => parentPort.postMessage(message);
    serve(options, task, isStopped, report);
  } catch (error) {
    parentPort.postMessage({ error: describeError(error) });
  }
}
