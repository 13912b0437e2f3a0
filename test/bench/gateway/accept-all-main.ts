import { setImmediate } from 'node:timers/promises';
import { NetfilterQueue } from '../../../src/netfilter-queue/index.ts';

/** How soon a signal is heard when no packet comes. */
const RECEIVE_TIMEOUT_MS = 50;
const TURNS_BETWEEN_SIGNALS = 64;

const queue = NetfilterQueue.open({
  queue: Number(process.argv[2]),
  copyRangeBytes: 0xffff - 4,
  maxLength: 8_192,
  gso: true,
  failOpen: false,
  receiveBufferBytes: 8 * 1024 * 1024,
  receiveTimeoutMs: RECEIVE_TIMEOUT_MS,
});
let isStopped = false;
process.on('SIGTERM', () => {
  isStopped = true;
});
process.stdout.write('ready\n');
while (!isStopped) {
  for (let turn = 0; turn < TURNS_BETWEEN_SIGNALS; turn += 1) {
    const count = queue.receive();
    for (let i = 0; i < count; i += 1) queue.accept(queue.packet(i).id);
    queue.flush();
    if (count === 0) break;
  }
  await setImmediate();
}
queue.close();
