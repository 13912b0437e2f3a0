import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addressOf } from '../gateway/rig/addresses.ts';
import { qqClient, wechatClient } from '../gateway/rig/chat-clients.ts';
import { ROOT } from '../gateway/rig/compiled.ts';
import { startDaemon } from '../gateway/rig/daemon.ts';
import { describeWith, gatewayMissing } from '../gateway/rig/gateway-rig.ts';
import { run, runIn } from '../gateway/rig/namespaces.ts';
import { makeRig, type Rig } from '../gateway/rig/rig.ts';
import { type Ended, runToEnd } from '../gateway/rig/run-to-end.ts';
import { curl } from '../gateway/rig/traffic.ts';

const CONFIG = '/etc/chatgate/chatgate.yaml';
/** Emulated, a phone waits longer for everything. */
const ANSWER_MS = 10_000;

const missing =
  process.env['CHATGATE_THROW_AWAY'] === '1'
    ? gatewayMissing
    : 'it installs chatgate for good, and this machine is not to be thrown away afterwards (test/vm/run makes one)';

/** The order matters: a machine is installed on, used and left. */
describeWith(missing, 'chatgate as a service of systemd', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await makeRig();
    const dropIns = '/etc/systemd/system/chatgate.service.d';
    mkdirSync(dropIns);
    const namespace = `/run/netns/${rig.gateway}`;
    writeFileSync(join(dropIns, 'namespace.conf'), `[Service]\nNetworkNamespacePath=${namespace}\n`);
  });
  afterAll(() => rig.remove());

  test('installed by one command, it carries chat and nothing else, shut in as its unit has it', async () => {
    expect(await sh('systemd/install.sh', '--lan', 'wlan0')).toMatchObject({
      exit: 0,
      output: expect.stringContaining('chatgate runs'),
    });
    expect(await wechatClient(rig, 'IPv4')).toEqual({ port: 8080 });
    expect(await qqClient(rig, 'IPv6')).toEqual({ port: 8080 });
    expect(await isAnswered('wx.qq.com')).toBe(true);
    expect(await isAnswered('v.qq.com')).toBe(false);
    expect(runIn(rig.gateway, 'sysctl', ['-n', 'net.ipv4.ip_early_demux']).trim()).toBe('0');
    expect(runIn(rig.gateway, 'sysctl', ['-n', 'net.netfilter.nf_conntrack_udp_timeout_stream']).trim()).toBe('660');
    expect(readFileSync('/var/log/chatgate/verdict.json', 'utf8')).toContain('"sni":"v.qq.com"');
  });

  test('killed, it lets nothing new pass, and is there again', async () => {
    run('systemctl', ['kill', '--signal=KILL', '--kill-whom=main', 'chatgate']);
    expect(await isAnswered('v.qq.com')).toBe(false);
    await expect.poll(() => isAnswered('wx.qq.com'), { timeout: 60_000 }).toBe(true);
  });

  test('a policy file that cannot be read stops an update before it touches what runs, and says where it is wrong', async () => {
    const good = readFileSync(CONFIG, 'utf8');
    writeFileSync(CONFIG, `${good}lan: [\n`);
    expect(await sh('systemd/install.sh')).toMatchObject({
      exit: 1,
      output: expect.stringMatching(/chatgate\.yaml:\d+:1: /),
    });
    expect(await isAnswered('wx.qq.com')).toBe(true);
    writeFileSync(CONFIG, good);
  });

  test('a service that does not start has its reason told by who installs', async () => {
    run('systemctl', ['stop', 'chatgate']);
    const inTheWay = await startDaemon(rig.gateway, 'chatgate', ['run', '--config', CONFIG], /^ready\b/m);
    expect(await sh('systemd/install.sh')).toMatchObject({
      exit: 1,
      output: expect.stringContaining('is already bound by'),
    });
    await inTheWay.stop('SIGINT');
    await expect.poll(() => isAnswered('wx.qq.com'), { timeout: 60_000 }).toBe(true);
  });

  test('removed, it leaves an open gateway and none of its files', async () => {
    expect(await sh('systemd/uninstall.sh', '--purge')).toMatchObject({ exit: 0 });
    expect(await isAnswered('v.qq.com')).toBe(true);
    expect(runIn(rig.gateway, 'nft', ['list', 'ruleset'])).not.toContain('chatgate');
    for (const path of ['/etc/chatgate', '/usr/lib/chatgate', '/var/log/chatgate', '/usr/local/bin/chatgate']) {
      expect(existsSync(path), path).toBe(false);
    }
  });

  /** Whether a phone gets an answer over HTTPS from a server of this name. */
  async function isAnswered(host: string): Promise<boolean> {
    const address = addressOf('web', 'IPv4');
    return (await curl(rig, { host, address, port: 443, tls: true, timeoutMs: ANSWER_MS })).exit === 0;
  }

  /** One of the project's scripts, run by root on the gateway. */
  function sh(script: string, ...args: readonly string[]): Promise<Ended> {
    return runToEnd(rig.gateway, 'bash', [join(ROOT, script), ...args]);
  }
});
