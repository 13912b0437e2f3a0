import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addressOf, FAMILIES, phoneAddress } from './rig/addresses.ts';
import { describeWith, rigMissing } from './rig/gateway-rig.ts';
import { listNamespaces } from './rig/namespaces.ts';
import { makeRig, type Rig } from './rig/rig.ts';
import { CHAT, NOT_CHAT } from './rig/scenarios.ts';
import { frame, HEARTBEAT, HEARTBEAT_ANSWER } from './rig/servers/frames.ts';
import { curl, ping } from './rig/traffic.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

describeWith(rigMissing, 'the rig, with nothing in the gateway', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await makeRig();
  });
  afterAll(() => {
    rig.remove();
    expect(listNamespaces().filter((name) => name.startsWith(`chatgate-${process.pid}-`))).toEqual([]);
  });

  describe.each(FAMILIES)('over %s', (family) => {
    test.each([80, 8080])('a web server answers any host on port %i', async (port) => {
      const answer = await curl(rig, { host: 'example.org', address: addressOf('web', family), port, path: '/a?b' });
      expect(answer).toMatchObject({ exit: 0, body: 'GET example.org/a?b 0\n' });
    });

    test('a web server takes a body and sends kilobytes', async () => {
      const request = { host: 'example.org', address: addressOf('web', family), port: 80, path: '/?kilobytes=3' };
      const answer = await curl(rig, { ...request, body: new Uint8Array(4000) });
      expect(answer.body).toMatch(/^POST example.org\/\?kilobytes=3 4000\nx{3072}$/);
    });

    test.each(['wx.qq.com', null])('TLS answers with the server name %s', async (host) => {
      const request = { host, port: 443, tls: true };
      expect(await curl(rig, { ...request, address: addressOf('web', family) })).toMatchObject({ exit: 0 });
      expect(await curl(rig, { ...request, address: addressOf('echo', family) })).toMatchObject({ exit: 35, body: '' });
    });

    test.each([80, 443, 8080, 14000])('heartbeats in frames are answered on port %i', async (port) => {
      const connection = await rig.phone.mustConnect(addressOf('wechat', family), port);
      const answer = await connection.exchange(Buffer.concat([frame(HEARTBEAT, 1), frame(HEARTBEAT, 2)]), 32);
      expect(Buffer.from(answer.bytes)).toEqual(
        Buffer.concat([frame(HEARTBEAT_ANSWER, 1), frame(HEARTBEAT_ANSWER, 2)]),
      );
      await connection.close();
    });

    test('an SSH server speaks first', async () => {
      const connection = await rig.phone.mustConnect(addressOf('ssh', family), 8080);
      expect(text((await connection.read()).bytes)).toBe('SSH-2.0-rig\r\n');
      await connection.close();
    });

    test('ports nobody listens on refuse, over TCP and UDP', async () => {
      expect((await rig.phone.connect(addressOf('web', family), 1)).error).toBe('ECONNREFUSED');
      expect((await rig.phone.datagram(addressOf('web', family), 1, Buffer.from('x'))).error).toBe('ECONNREFUSED');
    });

    test('the phone can be reached from outside, and refuses', async () => {
      expect((await rig.internet.connect(phoneAddress(family), 1)).error).toBe('ECONNREFUSED');
      expect((await rig.internet.datagram(phoneAddress(family), 1, Buffer.from('x'))).error).toBe('ECONNREFUSED');
    });

    test('ping is answered', async () => {
      expect(await ping(rig, addressOf('web', family))).toBe(true);
    });

    test('segments written by hand make a connection: reordered, overlapping, repeated, dying on the way', async () => {
      const answer = await rig.phone.craft({
        address: addressOf('echo', family),
        port: 8080,
        sourcePort: 40001,
        steps: [
          { kind: 'handshake' },
          { kind: 'segment', offset: 4, bytes: Buffer.from('efgh') },
          { kind: 'segment', offset: 0, bytes: Buffer.from('XXXX'), ttl: 2 },
          { kind: 'segment', offset: 0, bytes: Buffer.from('YYYY'), badChecksum: true },
          { kind: 'segment', offset: 2, bytes: Buffer.from('cdef') },
          { kind: 'segment', offset: 0, bytes: Buffer.from('abcd') },
          { kind: 'segment', offset: 0, bytes: Buffer.from('abcd') },
          { kind: 'read', atLeast: 8, timeoutMs: 1000 },
        ],
      });
      expect(text(answer.bytes)).toBe('abcdefgh');
      expect(answer).toMatchObject({ error: null, acknowledged: 8, resets: 0 });
    });

    test('a hand-made segment outside the window is not answered', async () => {
      const answer = await rig.phone.craft({
        address: addressOf('echo', family),
        port: 8080,
        sourcePort: 40002,
        steps: [
          { kind: 'handshake' },
          { kind: 'segment', offset: 0, bytes: Buffer.from('a'), outOfWindow: 0x40000000 },
          { kind: 'read', atLeast: 1, timeoutMs: 100 },
        ],
      });
      expect(text(answer.bytes)).toBe('');
    });

    test.concurrent.each([...CHAT, ...NOT_CHAT])('$name works', async ({ run }) => {
      expect(await run(rig, family)).toMatchObject({ worked: true });
    });

    test('a blocked port is silent until it is unblocked', async () => {
      rig.block('tcp', 8080);
      expect((await rig.phone.connect(addressOf('wechat', family), 8080, 300)).error).toBe('TIMEOUT');
      expect((await rig.phone.connect(addressOf('wechat', family), 80, 300)).error).toBe(null);
      rig.unblockAll();
      expect((await rig.phone.connect(addressOf('wechat', family), 8080, 300)).error).toBe(null);
    });
  });
});

describeWith(rigMissing, 'a masquerading rig', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await makeRig({ masquerade: true });
  });
  afterAll(() => rig.remove());

  test.each(FAMILIES)('carries %s', async (family) => {
    const answer = await curl(rig, { host: 'example.org', address: addressOf('web', family), port: 80 });
    expect(answer.exit).toBe(0);
  });
});
