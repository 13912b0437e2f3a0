import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { addressOf, FAMILIES, type Family } from './rig/addresses.ts';
import type { Connection } from './rig/agent.ts';
import { Chatgate, chatgate, configure } from './rig/chatgate.ts';
import { describeWith, gatewayMissing } from './rig/gateway-rig.ts';
import { LeakProbe } from './rig/leak-probe.ts';
import { spawnIn } from './rig/namespaces.ts';
import { makeRig, type Rig, type RigOptions } from './rig/rig.ts';
import { frame, HEARTBEAT, HEARTBEAT_ANSWER } from './rig/servers/frames.ts';
import { curl } from './rig/traffic.ts';

const STOP_MS = 2000;
/** The kernel's drops are looked at every ten seconds, and a box that has fallen behind takes its time. */
const DROPS_TOLD = { timeout: 25_000, interval: 100 };

describeWith(gatewayMissing, 'the daemon', () => {
  const rigs: Rig[] = [];
  /** Each test has a rig of its own, for they run at the same time. */
  async function ownRig(options: RigOptions = {}): Promise<Rig> {
    const rig = await makeRig(options);
    rigs.push(rig);
    return rig;
  }
  afterAll(() => {
    for (const rig of rigs) rig.remove();
  });

  async function beats(connection: Connection, from: number, count = 4): Promise<boolean> {
    for (let sequence = from; sequence < from + count; sequence += 1) {
      const { bytes } = await connection.exchange(frame(HEARTBEAT, sequence), 16, 1000);
      if (!frame(HEARTBEAT_ANSWER, sequence).equals(bytes)) return false;
    }
    return true;
  }

  /** A long connection that the gateway has decided. */
  async function longConnection(rig: Rig, family: Family): Promise<Connection> {
    const connection = await rig.phone.mustConnect(addressOf('wechat', family), 8080);
    expect(await beats(connection, 1)).toBe(true);
    return connection;
  }

  function newChat(rig: Rig, family: Family): Promise<number> {
    const request = { host: 'short.weixin.qq.com', address: addressOf('web', family), port: 80, timeoutMs: 800 };
    return curl(rig, request).then(({ exit }) => exit);
  }

  // By itself: what others start and wait for in this process would count as time it takes.
  test('asked to stop, ends within two seconds with 0, and leaves the gateway closed', async () => {
    const rig = await ownRig();
    const daemon = await Chatgate.start(rig, configure(rig));
    const long = await longConnection(rig, 'IPv4');
    const asked = performance.now();
    expect(await daemon.stop('SIGTERM')).toBe(0);
    expect(performance.now() - asked).toBeLessThan(STOP_MS);
    for (const exit of await Promise.all(FAMILIES.map((family) => newChat(rig, family)))) expect(exit).not.toBe(0);
    expect(await beats(long, 10)).toBe(true);
  });

  test.concurrent('kept from judging, says how many packets the kernel dropped meanwhile, by itself and when asked', async () => {
    const rig = await ownRig();
    const daemon = await Chatgate.start(rig, configure(rig));
    process.kill(daemon.pid, 'SIGUSR2');
    await vi.waitFor(() => expect(daemon.output).toMatch(/^chatgate: .*log lines 0$/m), DROPS_TOLD);
    expect(daemon.output).not.toContain('kernel drops');

    process.kill(daemon.pid, 'SIGSTOP');
    const echo = addressOf('echo', 'IPv4');
    // More than wait at the most, all at once.
    const pings = ['-q', '-c', '10000', '-l', '10000', '-W', '0.1', echo];
    await once(spawnIn(rig.phone.namespace, 'ping', pings, { stdio: 'ignore' }), 'exit');
    process.kill(daemon.pid, 'SIGCONT');
    process.kill(daemon.pid, 'SIGUSR2');
    await vi.waitFor(() => expect(daemon.output).toMatch(/ kernel drops [1-9]\d+, log lines/), DROPS_TOLD);
    const dropped = / kernel drops (\d+)/.exec(daemon.output)?.[1];
    await vi.waitFor(() => expect(daemon.output).toContain(`warning: ${dropped} packets were dropped`), DROPS_TOLD);
    expect(await newChat(rig, 'IPv4')).toBe(0);
    expect(await daemon.stop()).toBe(0);
    expect(daemon.output).toMatch(new RegExp(`stopped: .* kernel drops ${dropped},`));
  });

  test.concurrent('killed, stops what is undecided, lets decided flows go on, and a restart takes over without a gap', async () => {
    const rig = await ownRig();
    const config = configure(rig);
    const first = await Chatgate.start(rig, config);
    const long = await Promise.all(FAMILIES.map((family) => longConnection(rig, family)));
    const probe = new LeakProbe(rig, FAMILIES);
    await sleep(200);

    expect(await first.stop('SIGKILL')).toBe('SIGKILL');
    expect(await Promise.all(long.map((connection) => beats(connection, 10)))).toEqual([true, true]);
    for (const exit of await Promise.all(FAMILIES.map((family) => newChat(rig, family)))) expect(exit).not.toBe(0);

    const second = await Chatgate.start(rig, config);
    expect(await Promise.all(long.map((connection) => beats(connection, 20)))).toEqual([true, true]);
    expect(await Promise.all(FAMILIES.map((family) => newChat(rig, family)))).toEqual([0, 0]);
    await sleep(200);
    expect(await second.stop()).toBe(0);
    await sleep(200);

    const { tries, leaks } = await probe.stop();
    expect(leaks).toEqual([]);
    expect(tries).toBeGreaterThan(20);
  });

  test.concurrent('`chatgate firewall remove` opens a gateway whose daemon has stopped', async () => {
    const rig = await ownRig();
    const daemon = await Chatgate.start(rig, configure(rig));
    await daemon.stop();
    const { exit, output } = chatgate(rig, ['firewall', 'remove']);
    expect({ exit, output }).toMatchObject({ exit: 0 });
    expect(await Promise.all(FAMILIES.map((family) => newChat(rig, family)))).toEqual([0, 0]);
  });

  test.concurrent('refuses to run twice, and the first goes on unharmed', async () => {
    const rig = await ownRig();
    const config = configure(rig);
    const first = await Chatgate.start(rig, config);
    const second = chatgate(rig, ['run', '--config', config]);
    expect(second.exit).not.toBe(0);
    expect(second.output).toMatch(/already|another|running/i);
    const rules = chatgate(rig, ['firewall', 'show', '--config', config]).output;
    const applied = chatgate(rig, ['firewall', 'apply', '--config', config]);
    expect(applied.exit).toBe(1);
    expect(applied.output).toMatch(/^chatgate: queue \d+ is served: .*restart it/s);
    expect(chatgate(rig, ['firewall', 'show', '--config', config]).output).toBe(rules);
    expect(await Promise.all(FAMILIES.map((family) => newChat(rig, family)))).toEqual([0, 0]);
    expect(await first.stop()).toBe(0);
    expect(chatgate(rig, ['firewall', 'apply', '--config', config]).exit).toBe(0);
  });

  test.concurrent.each(FAMILIES)(
    'refuses connections over %s that are older than itself, and says so',
    async (family) => {
      const rig = await ownRig();
      const old = await rig.phone.mustConnect(addressOf('wechat', family), 8080);
      expect(await beats(old, 1)).toBe(true);
      const daemon = await Chatgate.start(rig, configure(rig));
      expect(await beats(old, 10, 1)).toBe(false);
      const { verdict } = await daemon.verdict((line) => line.src_port === old.localPort && line.dest_port === 8080);
      expect(verdict.action).toBe('drop');
      expect(verdict.reason).toMatch(/in-progress|before|older|start/);
      await daemon.stop();
    },
  );

  describe.each(FAMILIES)('refusing with a reset over %s', (family) => {
    test.concurrent('tells TCP and UDP clients at once', async () => {
      const rig = await ownRig({ masquerade: true });
      const daemon = await Chatgate.start(rig, configure(rig, { onDrop: 'reset' }));
      const page = { host: 'www.example.org', address: addressOf('web', family), timeoutMs: 3000 };
      expect((await curl(rig, { ...page, port: 80 })).exit).toBe(56);
      expect((await curl(rig, { ...page, port: 443, tls: true })).exit).toBe(35);
      const datagram = await rig.phone.datagram(addressOf('echo', family), 9999, Buffer.from('noise'), 1500);
      expect(datagram.error).toBe('ECONNREFUSED');
      expect(await newChat(rig, family)).toBe(0);
      await daemon.stop();
    });
  });

  test.concurrent('told to be open when down, lets new flows pass while it is dead and filters again when it is back', async () => {
    const rig = await ownRig();
    const config = configure(rig, { whenDown: 'open' });
    const page = { host: 'www.example.org', address: addressOf('web', 'IPv4'), port: 80, timeoutMs: 800 };
    const first = await Chatgate.start(rig, config);
    expect((await curl(rig, page)).exit).not.toBe(0);
    await first.stop('SIGKILL');
    expect((await curl(rig, page)).exit).toBe(0);
    const second = await Chatgate.start(rig, config);
    expect((await curl(rig, page)).exit).not.toBe(0);
    expect(await newChat(rig, 'IPv4')).toBe(0);
    await second.stop();
  });
});
