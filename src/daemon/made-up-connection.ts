/** A connection nobody makes. */
export interface MadeUpConnection {
  readonly port: number;
  /** What its client says first, in one segment. The answers to these are not read. */
  readonly payload: Uint8Array;
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

export const MADE_UP_CONNECTIONS: readonly MadeUpConnection[] = [
  { port: 80, payload: request(CHAT, 'GET', '/') },
  { port: 80, payload: request(CHAT, 'POST', '/cgi-bin/micromsg-bin/x', 'Content-Length: 0') },
  { port: 443, payload: clientHello(CHAT) },
  { port: 443, payload: clientHello('wx.qq.com') },
  { port: 443, payload: clientHello(OTHER) },
];

function request(host: string, method: string, path: string, ...fields: readonly string[]): Uint8Array {
  const lines = [`${method} ${path} HTTP/1.1`, `Host: ${host}`, 'User-Agent: x', 'Connection: close', ...fields];
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
