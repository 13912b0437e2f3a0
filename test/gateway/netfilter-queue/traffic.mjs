// Sends traffic from the namespace it runs in, at a bounded pace, and ends.
//   node traffic.mjs udp <to> <port> <packets> <bytes> [<from> …]   the senders take turns
//   node traffic.mjs tcp <to> <port> <bytes>                        needs a listener there
//   node traffic.mjs listen <port>                                  takes one connection, prints how many bytes came
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const PACKETS_PER_MS = 100;
const [mode, ...args] = process.argv.slice(2);

async function udp(to, port, packets, bytes, ...froms) {
  const sockets = [];
  for (const from of froms.length > 0 ? froms : [undefined]) {
    const socket = createSocket('udp4');
    socket.bind({ address: from });
    await once(socket, 'listening');
    sockets.push(socket);
  }
  const payload = Buffer.alloc(Number(bytes), 'x');
  for (let sent = 0; sent < Number(packets); sent += 1) {
    sockets[sent % sockets.length].send(payload, Number(port), to);
    if (sent % PACKETS_PER_MS === PACKETS_PER_MS - 1) await pause(1);
  }
  await pause(20);
  for (const socket of sockets) socket.close();
}

async function tcp(to, port, bytes) {
  const socket = connect(Number(port), to);
  await once(socket, 'connect');
  socket.end(Buffer.alloc(Number(bytes), 'x'));
  await once(socket.resume(), 'close');
}

async function listen(port) {
  let bytes = 0;
  const server = createServer((socket) => {
    socket.on('data', (data) => {
      bytes += data.length;
    });
    socket.on('end', () => {
      process.stdout.write(`${bytes}\n`);
      socket.end();
      server.close();
    });
  });
  server.listen(Number(port), () => process.stdout.write('listening\n'));
  await once(server, 'close');
}

await { udp, tcp, listen }[mode](...args);
