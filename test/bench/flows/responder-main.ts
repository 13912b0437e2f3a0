import { setImmediate } from 'node:timers/promises';
import { RawIp } from './raw-ip.ts';
import { RawSynAck } from './raw-segment.ts';

/** Answers every SYN to port 443 of one address, always with the same sequence number, and remembers nothing. */
const [, , address = '', sequence = ''] = process.argv;
const own = address.split('.').map(Number);
const raw = new RawIp({ hears: true });
const packet = new Uint8Array(65_536);
const synAck = new RawSynAck();
process.stdout.write('ready\n');
for (;;) {
  for (let length = raw.receive(packet); length > 0; length = raw.receive(packet)) {
    if (own.some((byte, i) => packet[16 + i] !== byte)) continue;
    const answer = synAck.to(packet, length, Number(sequence));
    if (answer !== null) raw.send(answer);
  }
  await setImmediate();
}
