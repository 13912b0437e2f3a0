import { RawIp } from './raw-ip.ts';
import { RawSegment } from './raw-segment.ts';

/**
 * Floods as fast as one core can: `syn` opens connections and leaves it at that, `half-hello` opens them and sends the
 * first half of a ClientHello. Its addresses are nobody's. Says at the end how many packets it sent.
 */
const [, , kind = '', target = '', serverSequence = '', seconds = ''] = process.argv;

/** From 198.18.128.0 on. */
const FIRST_ADDRESS = 0xc6128000;
const FIRST_PORT = 1_024;
const PORTS = 60_000;
/** Fewer than the kernel tracks at a time (262,144 unless told): its table is not what is measured. Then again. */
const CONNECTIONS = 150_000;
/** How many later SYNs go out before a connection goes on: its answer has come by then. */
const LAG = 2_048;
const START = 1_000;

const hello = new Uint8Array(260);
hello.set([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]);
const aim = { destination: target, destinationPort: 443 };
const syn = new RawSegment({ ...aim, sequence: START, flags: 'S' });
const acknowledged = { ...aim, sequence: START + 1, acknowledgement: Number(serverSequence) + 1 };
const half = new RawSegment({ ...acknowledged, flags: 'PA', payload: hello });

const raw = new RawIp({ hears: false });
const until = performance.now() + Number(seconds) * 1000;
let sent = 0;

function send(segment: RawSegment, connection: number): void {
  const number = connection % CONNECTIONS;
  raw.send(segment.from(FIRST_ADDRESS + Math.floor(number / PORTS), FIRST_PORT + (number % PORTS)));
  sent += 1;
}

for (let connection = 0; connection % 64 !== 0 || performance.now() < until; connection += 1) {
  send(syn, connection);
  if (kind === 'half-hello' && connection >= LAG) send(half, connection - LAG);
}
process.stdout.write(`${sent}\n`);
