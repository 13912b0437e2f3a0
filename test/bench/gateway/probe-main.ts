import { createConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Tries to get an answer over a new connection every few milliseconds; says when the first one came (Unix ms). */
const EVERY_MS = 5;
const PATIENCE_MS = 30_000;

const [, , address = '', name = ''] = process.argv;
let answeredAt: number | null = null;

function attempt(): void {
  const socket = createConnection({ host: address, port: 80 }, () => {
    socket.write(`GET / HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n\r\n`);
  });
  socket.on('data', () => {
    answeredAt ??= Date.now();
    socket.destroy();
  });
  socket.on('error', () => socket.destroy());
  socket.setTimeout(150, () => socket.destroy());
}

process.stdout.write('trying\n');
const until = Date.now() + PATIENCE_MS;
while (answeredAt === null && Date.now() < until) {
  attempt();
  await sleep(EVERY_MS);
}
process.stdout.write(`${answeredAt ?? Number.NaN}\n`, () => process.exit(0));
