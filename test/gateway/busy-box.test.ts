import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { addressOf } from './rig/addresses.ts';
import { Chatgate, configure } from './rig/chatgate.ts';
import { describeWith, gatewayMissing } from './rig/gateway-rig.ts';
import { undoAtEnd } from './rig/lifetime.ts';
import { run } from './rig/namespaces.ts';
import { makeRig } from './rig/rig.ts';
import { curl } from './rig/traffic.ts';

const BATCH = '3';
const IDLE = '5';
const PROCESSOR = '0';
const HOGS = 4;
const TRIES = 50;
/** A rehearsal on a machine that runs other tests. */
const REHEARSED_MS = 20_000;

/** The daemon's threads that are scheduled so; the 41st field of /proc/PID/stat (proc(5)), behind the command's name. */
function threads(pid: number, policy: string): readonly string[] {
  const folder = `/proc/${pid}/task`;
  return readdirSync(folder).filter((thread) => {
    const stat = readFileSync(`${folder}/${thread}/stat`, 'latin1');
    return stat.split(') ').at(-1)?.split(' ')[38] === policy;
  });
}

describeWith(gatewayMissing, 'on a box whose processors others want for themselves', async () => {
  const rig = await makeRig();
  const hogs: ChildProcess[] = [];
  const killHogs = undoAtEnd(() => {
    for (const hog of hogs.splice(0)) hog.kill('SIGKILL');
  });
  afterEach(killHogs);
  afterAll(() => rig.remove());

  const chat = () =>
    curl(rig, { host: 'short.weixin.qq.com', address: addressOf('web', 'IPv4'), port: 80, timeoutMs: 5_000 });

  test('workers give way until that keeps chats waiting, and then take their share', async () => {
    const daemon = await Chatgate.start(rig, configure(rig));
    const giveWay = () => threads(daemon.pid, IDLE).length > 0 && threads(daemon.pid, BATCH).length === 0;
    await vi.waitFor(() => expect(giveWay()).toBe(true), { timeout: REHEARSED_MS, interval: 5 });
    const workers = threads(daemon.pid, IDLE);
    expect((await chat()).exit).toBe(0);

    for (const worker of workers) run('taskset', ['-pc', PROCESSOR, worker]);
    for (let i = 0; i < HOGS; i += 1) hogs.push(spawn('taskset', ['-c', PROCESSOR, 'sh', '-c', 'while :; do :; done']));
    // Now and then one gets a turn in time all the same.
    const oneTakesItsShare = () => threads(daemon.pid, BATCH).length > 0;
    for (let tries = 0; tries < TRIES && !oneTakesItsShare(); tries += 1) expect((await chat()).exit).toBe(0);
    expect(oneTakesItsShare()).toBe(true);
    killHogs();
    expect(await daemon.stop()).toBe(0);
  });
});
