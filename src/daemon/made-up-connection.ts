/** A connection nobody makes: what its client says first, in one segment. The answers to these are not read. */
export interface MadeUpConnection {
  readonly port: number;
  readonly client: Uint8Array;
}

const NAME = 'short.weixin.qq.com';

export const MADE_UP_CONNECTIONS: readonly MadeUpConnection[] = [
  { port: 80, client: request('GET', '/') },
  { port: 80, client: request('POST', '/cgi-bin/micromsg-bin/x', 'Content-Length: 0') },
  { port: 443, client: clientHello() },
];

function request(method: string, path: string, ...fields: readonly string[]): Uint8Array {
  const lines = [`${method} ${path} HTTP/1.1`, `Host: ${NAME}`, 'User-Agent: x', 'Connection: close', ...fields];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}

/** RFC 8446 §4.1.2 with `server_name` (RFC 6066 §3) and `supported_versions`, alone in its record (§5.1). */
function clientHello(): Uint8Array {
  const name = Buffer.from(NAME, 'latin1');
  const serverName = extension(0, withLength(2, [0, ...withLength(2, name)]));
  const versions = extension(43, withLength(1, [3, 4]));
  const suites = withLength(2, [0x13, 0x01]);
  const random = new Uint8Array(32);
  const rest = [...suites, ...withLength(1, [0]), ...withLength(2, [...serverName, ...versions])];
  const message = [1, ...withLength(3, [3, 3, ...random, 0, ...rest])];
  return Uint8Array.from([22, 3, 3, ...withLength(2, message)]);
}

function extension(type: number, data: Iterable<number>): readonly number[] {
  return [0, type, ...withLength(2, data)];
}

/** The data behind their length, big-endian in `lengthBytes` bytes. */
function withLength(lengthBytes: number, data: Iterable<number>): readonly number[] {
  const bytes = [...data];
  const length = Array.from({ length: lengthBytes }, (_, i) => (bytes.length >>> (8 * (lengthBytes - 1 - i))) & 0xff);
  return [...length, ...bytes];
}
