import { createServer, type IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { HTTPParser } from 'http-parser-js';
import { expect, test } from 'vitest';
import { http } from '../../../src/dissect/http/http.ts';
import { asciiBytes } from '../../../src/dissect/http-grammar/read.ts';
import { FREE, type StreamStep } from '../../../src/dissect/outcome.ts';
import { requestArbitrary } from './request-arbitrary.ts';

/** A request as somebody read it: method, path, name in lower case without a port. */
type Seen = readonly [method: string, path: string, name: string];

const budget = { interruptAfterTimeLimit: 1200, numRuns: 3000 } as const;

test('valid requests are read as http-parser-js reads them, content and all', () => {
  fc.assert(
    fc.property(fc.array(requestArbitrary, { minLength: 1, maxLength: 4 }), (requests) => {
      const text = requests.map((request) => request.text).join('');
      const expected = requests.map((request) => [request.method, request.path, request.name]);
      const ours = readByUs(text);
      expect(ours).toEqual({ seen: expected, passed: text.length });
      const theirs = readByHttpParserJs(text);
      expect(theirs.seen).toEqual(expected);
      expect(theirs.bodies).toEqual(requests.map((request) => request.body));
    }),
    budget,
  );
});

const field = fc.constantFrom(
  ...['Content-Length: 3\r\n', 'Content-Length : 3\r\n', ' Content-Length: 3\r\n', 'Content-Length: 3\n'],
  ...['Transfer-Encoding: chunked\r\n', 'Transfer-Encoding:\x0bchunked\r\n', 'Transfer-Encoding: x, chunked\r\n'],
  ...['Host: other.example\r\n', 'Host : other.example\r\n', 'X: y\nHost: other.example\r\n', '0\r\n\r\n', '5;a\n'],
);
const piece = fc.constantFrom(...'\r\n\0 \t,:;01x\xa0@#H-+', '\r\n');

/** What hides a request from one reader and shows it to another: a line more where lines begin, or a byte anywhere. */
const edit = fc.oneof(
  fc.record({ at: fc.nat(), put: field, cut: fc.constant(0), where: fc.constant('line' as const) }),
  fc.record({ at: fc.nat(), put: piece, cut: fc.nat(2), where: fc.constantFrom('line' as const, 'byte' as const) }),
);
const spoilt = fc
  .tuple(fc.array(requestArbitrary, { minLength: 1, maxLength: 2 }), fc.array(edit, { minLength: 1, maxLength: 2 }))
  .map(([requests, edits]) => edits.reduce(spoil, requests.map(({ text }) => text).join('')));

function spoil(text: string, { at, put, cut, where }: typeof edit extends fc.Arbitrary<infer E> ? E : never): string {
  const lineStarts = [...text.matchAll(/\n/g)].map((match) => match.index + 1);
  const from = where === 'line' ? (lineStarts[at % lineStarts.length] ?? 0) : at % text.length;
  return text.slice(0, from) + put + text.slice(from + cut);
}

test('of spoilt requests http-parser-js finds none in the passed bytes that was not judged', () => {
  fc.assert(
    fc.property(spoilt, (text) => {
      const { seen, passed } = readByUs(text);
      expectToBegin(seen, readByHttpParserJs(text.slice(0, passed)).seen);
    }),
    budget,
  );
});

test('of spoilt requests Node finds none in the passed bytes that was not judged', async () => {
  await fc.assert(
    fc.asyncProperty(spoilt, async (text) => {
      const { seen, passed } = readByUs(text);
      expectToBegin(seen, await readByNode(text.slice(0, passed)));
    }),
    budget,
  );
});

function expectToBegin(judged: readonly Seen[], theirs: readonly Seen[]): void {
  expect(theirs).toEqual(judged.slice(0, theirs.length));
}

/** Shown byte by byte: what was judged, and how many bytes went by before one was denied. */
function readByUs(text: string): { seen: Seen[]; passed: number } {
  const bytes = asciiBytes(text);
  const seen: Seen[] = [];
  let step: StreamStep = http.begin;
  let from = 0;
  for (let arrived = 1; arrived <= bytes.length; arrived += 1) {
    while (from < arrived) {
      const outcome = step(bytes.subarray(from, arrived));
      if (outcome.kind === 'never') return { seen, passed: arrived - 1 };
      if (outcome.kind === 'more') break;
      if (outcome.next === FREE) throw new Error('a client is never left unread');
      if (outcome.facts?.app === 'http') seen.push([outcome.facts.method, outcome.facts.path, outcome.facts.name]);
      from += outcome.consumed + outcome.skip;
      step = outcome.next;
    }
  }
  return { seen, passed: bytes.length };
}

function readByHttpParserJs(text: string): { seen: Seen[]; bodies: string[] } {
  const parser = new HTTPParser(HTTPParser.REQUEST);
  const seen: Seen[] = [];
  const bodies: string[] = [];
  parser[HTTPParser.kOnHeadersComplete] = (info) => {
    const hostAt = info.headers.findIndex((header, index) => index % 2 === 0 && header.toLowerCase() === 'host');
    seen.push([HTTPParser.methods[info.method] ?? '', pathOf(info.url), nameOf(info.headers[hostAt + 1])]);
    bodies.push('');
  };
  parser[HTTPParser.kOnBody] = (chunk, offset, length) => {
    bodies[bodies.length - 1] += chunk.toString('latin1', offset, offset + length);
  };
  parser.execute(Buffer.from(text, 'latin1'));
  return { seen, bodies };
}

async function readByNode(text: string): Promise<Seen[]> {
  const seen: Seen[] = [];
  const server = createServer();
  server.on('request', (request: IncomingMessage, response) => {
    seen.push([request.method ?? '', pathOf(request.url ?? ''), nameOf(request.headers.host)]);
    request.resume();
    response.end();
  });
  server.on('connect', (request) => seen.push(['CONNECT', request.url ?? '', '']));
  server.on('clientError', (_, socket) => socket.destroy());
  const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  server.emit('connection', socket);
  socket.push(Buffer.from(text, 'latin1'));
  socket.push(null);
  await new Promise((resolve) => setImmediate(() => setImmediate(() => setImmediate(resolve))));
  socket.destroy();
  return seen;
}

/** Of a URL that has no path it is "/" (RFC 9112 §3.2.1). */
function pathOf(url: string): string {
  return url.replace(/^http:\/\/[^/?]*/, '').replace(/^(?=\?|$)/, '/');
}

function nameOf(host: string | undefined): string {
  return (host ?? '').trim().toLowerCase().replace(/:\d+$/, '').replace(/\.$/, '');
}
