/** A connection nobody makes: what its client says first, and its server to that, in one segment each. */
export interface MadeUpConnection {
  readonly port: number;
  readonly client: Uint8Array;
  /** Null where the answer is not read. */
  readonly server: Uint8Array | null;
}

const NAME = 'short.weixin.qq.com';

export const MADE_UP_CONNECTIONS: readonly MadeUpConnection[] = [
  { port: 80, client: request('GET', '/'), server: null },
  { port: 80, client: request('POST', '/cgi-bin/micromsg-bin/x', 'Content-Length: 0'), server: null },
  { port: 443, client: clientHello(), server: serverHello() },
];

function request(method: string, path: string, ...fields: readonly string[]): Uint8Array {
  const lines = [`${method} ${path} HTTP/1.1`, `Host: ${NAME}`, 'User-Agent: x', 'Connection: close', ...fields];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}

/** RFC 8446 §4.1.2 with `server_name` (RFC 6066 §3) and `supported_versions`. */
function clientHello(): Uint8Array {
  const name = Buffer.from(NAME, 'latin1');
  const serverName = extension(0, withLength(2, [0, ...withLength(2, name)]));
  const versions = extension(43, withLength(1, [3, 4]));
  const suites = withLength(2, [0x13, 0x01]);
  return handshake(1, [...suites, ...withLength(1, [0]), ...withLength(2, [...serverName, ...versions])]);
}

/** RFC 8446 §4.1.3. */
function serverHello(): Uint8Array {
  return handshake(2, [0x13, 0x01, 0, ...withLength(2, extension(43, [3, 4]))]);
}

/** A hello alone in its record (RFC 8446 §5.1): version, random, an empty session id, and what stands behind those. */
function handshake(type: number, rest: Iterable<number>): Uint8Array {
  const body = [3, 3, ...new Uint8Array(32), 0, ...rest];
  return Uint8Array.from([22, 3, 3, ...withLength(2, [type, ...withLength(3, body)])]);
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
