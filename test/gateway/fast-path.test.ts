import { afterAll, beforeAll, expect, test } from 'vitest';
import { addressOf, FAMILIES } from './rig/addresses.ts';
import { Chatgate, configure } from './rig/chatgate.ts';
import { describeWith, gatewayMissing } from './rig/gateway-rig.ts';
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
    const before = packetsQueued(rig);
    for (let beat = 7; beat <= 206; beat += 1) await connection.exchange(frame(HEARTBEAT, beat), 16);
    expect(packetsQueued(rig) - before).toBe(0);
    await connection.close();
  });

  test.each(FAMILIES)('costs a handful of packets over %s, however much TLS carries', async (family) => {
    const before = packetsQueued(rig);
    const request = { host: 'wx.qq.com', address: addressOf('web', family), port: 443, tls: true };
    const { exit, body } = await curl(rig, { ...request, path: '/?kilobytes=8192', timeoutMs: 10_000 });
    expect({ exit, long: body.length > 8 * 1024 * 1024 }).toEqual({ exit: 0, long: true });
    expect(packetsQueued(rig) - before).toBeGreaterThan(0);
    expect(packetsQueued(rig) - before).toBeLessThan(20);
  });

  test.each(FAMILIES)('never comes to user space again over %s once it is denied', async (family) => {
    const connection = await rig.phone.mustConnect(addressOf('echo', family), 8080);
    await connection.exchange(Buffer.from('\xf0 noise', 'latin1'), 1, 100);
    await daemon.verdict(({ src_port, dest_port }) => src_port === connection.localPort && dest_port === 8080);
    const before = packetsQueued(rig);
    for (let more = 0; more < 5; more += 1) await connection.exchange(Buffer.from('more noise'), 1, 100);
    expect(packetsQueued(rig) - before).toBe(0);
    await connection.close();
  });
});
