import { execFileSync } from 'node:child_process';
import { duplexPair, PassThrough } from 'node:stream';
import { type ConnectionOptions, connect, TLSSocket, type TLSSocketOptions } from 'node:tls';
import { getExtensionData, readTlsClientHello } from 'read-tls-client-hello';
import { describe, expect, it } from 'vitest';
import { tls } from '../../../src/dissect/tls/tls.ts';
import { concat } from '../hex.ts';
import { checkStreamStep } from '../split-property.ts';
import { converse, type Turn } from './conversation.ts';

const certificate = makeCertificate();

function makeCertificate(): { key: string; cert: string } | null {
  try {
    const how = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes -days 1 -subj /CN=localhost -keyout -';
    const pem = execFileSync('openssl', how.split(' '), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return { key: pem, cert: pem };
  } catch {
    return null;
  }
}

/** Lets node's own TLS client and server talk until either has what it wants; what went over the wire, in order. */
async function record(client: ConnectionOptions, server: TLSSocketOptions): Promise<Turn[]> {
  const turns: Turn[] = [];
  const [near, clientWire] = duplexPair();
  const [far, serverWire] = duplexPair();
  clientWire.on('data', (bytes: Buffer) => {
    turns.push(['client', Uint8Array.from(bytes)]);
    serverWire.write(bytes);
  });
  serverWire.on('data', (bytes: Buffer) => {
    turns.push(['server', Uint8Array.from(bytes)]);
    clientWire.write(bytes);
  });
  const serverSide = new TLSSocket(far, { isServer: true, ...server });
  const clientSide = connect({ socket: near, rejectUnauthorized: false, ...client });
  await new Promise<void>((done) => {
    for (const end of [serverSide, clientSide]) end.on('error', () => done());
    clientSide.once('secureConnect', () => clientSide.write('hello'));
    serverSide.once('data', () => done());
  });
  clientSide.destroy();
  serverSide.destroy();
  return turns;
}

const server = { key: certificate?.key, cert: certificate?.cert };

describe.skipIf(certificate === null)("node's own client and server", () => {
  it.each<readonly [string, ConnectionOptions, TLSSocketOptions, number]>([
    ['in TLS 1.3', { minVersion: 'TLSv1.3' }, {}, 2],
    ['in TLS 1.2', { maxVersion: 'TLSv1.2' }, {}, 2],
    [
      'in TLS 1.0',
      { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' },
      { minVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' },
      2,
    ],
    ['with a second hello', { ecdhCurve: 'X25519:P-384' }, { ecdhCurve: 'P-384' }, 4],
    ['that do not agree', { minVersion: 'TLSv1.3' }, { maxVersion: 'TLSv1.2' }, 2],
    ['with a long list of protocols', { ALPNProtocols: Array.from({ length: 500 }, (_, at) => `p${at}`) }, {}, 2],
  ])('%s are followed to where their flow is settled', async (_, client, more, turns) => {
    const wire = await record({ servername: 'Short.example.net', ...client }, { ...server, ...more });
    expect(converse(tls.begin, wire)).toEqual({
      facts: [{ app: 'tls', name: 'short.example.net', ech: false }],
      read: [],
      never: null,
      turns,
    });
  });

  it('need carry no name', async () => {
    const wire = await record({}, server);
    expect(converse(tls.begin, wire)).toMatchObject({ facts: [{ name: null }], read: [], never: null });
  });

  it('say what an independent reader reads', async () => {
    const wire = await record({ servername: 'a.b.example.net', ALPNProtocols: ['h2', 'http/1.1'] }, server);
    const flight = concat(...wire.slice(0, 1).map(([, bytes]) => bytes));
    const stream = new PassThrough();
    stream.end(flight);
    const theirs = getExtensionData(await readTlsClientHello(stream), 'server_name');
    expect(checkStreamStep(tls.begin, flight)).toMatchObject({
      facts: { name: theirs?.serverName },
      consumed: flight.length,
    });
  });
});
