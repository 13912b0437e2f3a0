import { FlowState } from '../judge/flow-state.ts';
import { ACK, FIN } from '../packet/tcp.ts';

/** One segment of the client of a connection nobody makes. */
export interface MadeUpSaying {
  /** What the kernel says of the connection by then. */
  readonly known: FlowState;
  readonly flags: number;
  /** How far behind the client's first byte it begins. */
  readonly offset: number;
  readonly payload: Uint8Array;
}

/** A connection nobody makes. No server answers in it. */
export interface MadeUpConnection {
  readonly port: number;
  readonly says: readonly MadeUpSaying[];
}

const CHAT = 'short.weixin.qq.com';
/** Most of what phones ask for besides. */
const OTHER = 'www.example.com';

/** What clients offer beside a name, by type, and how many bytes it takes them; what it says nobody reads. */
const EXTENSION_BYTES: ReadonlyMap<number, number> = new Map([
  [0x1a1a, 0],
  [23, 0],
  [65281, 1],
  [10, 12],
  [11, 2],
  [35, 0],
  [16, 14],
  [5, 5],
  [13, 24],
  [18, 0],
  [51, 43],
  [45, 2],
  [43, 7],
]);

const POST = request(CHAT, 'POST', '/cgi-bin/micromsg-bin/x', 'Content-Length: 0');
const HELLO = clientHello(CHAT);
const SHORTER_HELLO = clientHello('wx.qq.com');

/** What phones begin with, and how they go on: with another request, the same again because it was lost, or no more. */
export const MADE_UP_CONNECTIONS: readonly MadeUpConnection[] = [
  { port: 80, says: [first(request(CHAT, 'GET', '/', 'Connection: close'))] },
  { port: 80, says: [first(POST), { ...first(POST), known: FlowState.followed, offset: POST.length }] },
  { port: 443, says: [first(HELLO), { ...first(HELLO), known: FlowState.pending }] },
  { port: 443, says: [first(SHORTER_HELLO), farewell(SHORTER_HELLO.length)] },
  { port: 443, says: [first(clientHello(OTHER))] },
];

function first(payload: Uint8Array): MadeUpSaying {
  return { known: FlowState.fresh, flags: ACK, offset: 0, payload };
}

/** While a connection waits for its server's hello, it asks as a pending one. */
function farewell(offset: number): MadeUpSaying {
  return { known: FlowState.pending, flags: FIN | ACK, offset, payload: new Uint8Array(0) };
}

function request(host: string, method: string, path: string, ...fields: readonly string[]): Uint8Array {
  const lines = [`${method} ${path} HTTP/1.1`, `Host: ${host}`, 'User-Agent: x', ...fields];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}

/** RFC 8446 §4.1.2 with `server_name` (RFC 6066 §3) in front of what clients usually offer, alone in its record (§5.1). */
function clientHello(name: string): Uint8Array {
  const serverName = extension(0, withLength(2, [0, ...withLength(2, Buffer.from(name, 'latin1'))]));
  const others = [...EXTENSION_BYTES].flatMap(([type, bytes]) => extension(type, new Uint8Array(bytes)));
  const suites = withLength(2, new Uint8Array(32));
  const random = new Uint8Array(32);
  const session = withLength(1, new Uint8Array(32));
  const rest = [...session, ...suites, ...withLength(1, [0]), ...withLength(2, [...serverName, ...others])];
  const message = [1, ...withLength(3, [3, 3, ...random, ...rest])];
  return Uint8Array.from([22, 3, 1, ...withLength(2, message)]);
}

function extension(type: number, data: Iterable<number>): readonly number[] {
  return [type >>> 8, type & 0xff, ...withLength(2, data)];
}

/** The data behind their length, big-endian in `lengthBytes` bytes. */
function withLength(lengthBytes: number, data: Iterable<number>): readonly number[] {
  const bytes = [...data];
  const length = Array.from({ length: lengthBytes }, (_, i) => (bytes.length >>> (8 * (lengthBytes - 1 - i))) & 0xff);
  return [...length, ...bytes];
}
