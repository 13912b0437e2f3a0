import { createConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A person's phone: a new connection and one request every few milliseconds. Says what came of them, as JSON. */
const [, , address = '', name = '', seconds = ''] = process.argv;
const EVERY_MS = 20;
/** SYNs are sent again after 1 and 3 seconds; nobody waits for a third time. */
const PATIENCE_MS = 5_000;

const tookMs: number[] = [];
let tried = 0;
const pending: Promise<void>[] = [];

function attempt(): Promise<void> {
  return new Promise((resolve) => {
    const begun = performance.now();
    const socket = createConnection({ host: address, port: 80 }, () => {
      socket.write(`GET / HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n\r\n`);
    });
    const giveUp = setTimeout(() => socket.destroy(), PATIENCE_MS);
    socket.once('data', () => {
      tookMs.push(performance.now() - begun);
      socket.destroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(giveUp);
      resolve();
    });
  });
}

const until = performance.now() + Number(seconds) * 1000;
while (performance.now() < until) {
  tried += 1;
  pending.push(attempt());
  await sleep(EVERY_MS);
}
await Promise.all(pending);
process.stdout.write(`${JSON.stringify({ tried, tookMs })}\n`);
