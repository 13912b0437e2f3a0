import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addressOf, FAMILIES } from './rig/addresses.ts';
import { Chatgate, configure } from './rig/chatgate.ts';
import { describeWith, gatewayMissing } from './rig/gateway-rig.ts';
import { spawnIn } from './rig/namespaces.ts';
import { packetsQueued } from './rig/queue-counter.ts';
import { makeRig, type Rig } from './rig/rig.ts';
import { frame, HEARTBEAT } from './rig/servers/frames.ts';
import { curl } from './rig/traffic.ts';

describeWith(gatewayMissing, 'a decided flow', () => {
  let rig: Rig;
  let daemon: Chatgate;
  beforeAll(async () => {
    rig = await makeRig();
    daemon = await Chatgate.start(rig, configure(rig));
  });
  afterAll(async () => {
    await daemon.stop();
    rig.remove();
  });

  test.each(FAMILIES)('never comes to user space again over %s once it is allowed', async (family) => {
    const connection = await rig.phone.mustConnect(addressOf('wechat', family), 8080);
    for (let beat = 1; beat <= 6; beat += 1) await connection.exchange(frame(HEARTBEAT, beat), 16);
    const before = packetsQueued(rig.gateway);
    for (let beat = 7; beat <= 206; beat += 1) await connection.exchange(frame(HEARTBEAT, beat), 16);
    expect(packetsQueued(rig.gateway) - before).toBe(0);
    await connection.close();
  });

  test.each(FAMILIES)('costs one packet over %s, however much TLS carries', async (family) => {
    const before = packetsQueued(rig.gateway);
    const request = { host: 'wx.qq.com', address: addressOf('web', family), port: 443, tls: true };
    const { exit, body } = await curl(rig, { ...request, path: '/?kilobytes=8192', timeoutMs: 10_000 });
    expect({ exit, long: body.length > 8 * 1024 * 1024 }).toEqual({ exit: 0, long: true });
    expect(packetsQueued(rig.gateway) - before).toBe(1);
  });

  test.each(FAMILIES)('of TLS over %s comes to user space while the server asks for another hello', async (family) => {
    const address = addressOf('dns', family);
    const at = family === 'IPv4' ? address : `[${address}]`;
    const file = (name: string) => join(rig.folder, name);
    const identity = ['-key', file('key.pem'), '-cert', file('cert.pem')];
    const options = ['-accept', `${at}:443`, ...identity, '-www', '-tls1_3', '-groups', 'X25519'];
    const server = spawnIn(rig.internet.namespace, 'openssl', ['s_server', ...options], { stdio: 'ignore' });
    try {
      const request = { host: 'wx.qq.com', address, port: 443, tls: true } as const;
      await expect
        .poll(async () => (await curl(rig, { ...request, extra: ['--curves', 'X25519'] })).exit, { timeout: 5_000 })
        .toBe(0);
      const before = packetsQueued(rig.gateway);
      // A key share for the first group, which the server does not take.
      const { exit, body } = await curl(rig, { ...request, extra: ['--curves', 'P-256:X25519'] });
      expect({ exit, body: /s_server/.test(body) }).toEqual({ exit: 0, body: true });
      // Both hellos, and what the server says to either; a change of cipher spec may come by itself.
      expect(packetsQueued(rig.gateway) - before).toBeGreaterThanOrEqual(4);
      expect(packetsQueued(rig.gateway) - before).toBeLessThanOrEqual(6);
    } finally {
      server.kill('SIGKILL');
    }
  });

  test.each(FAMILIES)('never comes to user space again over %s once it is denied', async (family) => {
    const connection = await rig.phone.mustConnect(addressOf('echo', family), 8080);
    await connection.exchange(Buffer.from('\xf0 noise', 'latin1'), 1, 100);
    await daemon.verdict(({ src_port, dest_port }) => src_port === connection.localPort && dest_port === 8080);
    const before = packetsQueued(rig.gateway);
    for (let more = 0; more < 5; more += 1) await connection.exchange(Buffer.from('more noise'), 1, 100);
    expect(packetsQueued(rig.gateway) - before).toBe(0);
    await connection.close();
  });
});
