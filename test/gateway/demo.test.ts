import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ROOT } from './rig/compiled.ts';
import { describeWith, gatewayMissing } from './rig/gateway-rig.ts';
import { kill, listNamespaces, removeLeftovers } from './rig/namespaces.ts';
import { saidBy } from './rig/said-by.ts';

const GONE_MS = 3000;

interface Run {
  readonly pid: number;
  readonly output: () => string;
  readonly ended: Promise<number | NodeJS.Signals>;
  printed(text: RegExp): Promise<void>;
}

/** The demo as a process group of its own, as a terminal has it. */
function startDemo(): Run {
  const child = spawn(process.execPath, [join(ROOT, 'demo/dist/demo/main.js')], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1' },
  });
  const said = saidBy(child);
  const ended = once(child, 'exit').then(([code, signal]): number | NodeJS.Signals => code ?? signal);
  const printed = async (text: RegExp): Promise<void> => {
    while (!text.test(said.text)) await Promise.race([once(child.stdout, 'data'), ended]);
  };
  if (child.pid === undefined) throw new Error('the demo did not start');
  return { pid: child.pid, output: () => said.text, ended, printed };
}

/** Namespaces, scratch folders and processes of a run. */
function leftBy(pid: number): string[] {
  const names = [...listNamespaces(), ...readdirSync(tmpdir())].filter((name) => name.startsWith(`chatgate-${pid}-`));
  const processes = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry) && groupOf(entry) === pid);
  return [...names, ...processes];
}

/** What was killed takes a moment to be gone. */
async function nothingLeft(pid: number): Promise<void> {
  const until = performance.now() + GONE_MS;
  while (leftBy(pid).length > 0 && performance.now() < until) await sleep(20);
  expect(leftBy(pid)).toEqual([]);
}

/** The process group, the third field behind the command's name in /proc/PID/stat (proc(5)). */
function groupOf(pid: string): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
  } catch {
    return 0;
  }
}

describeWith(gatewayMissing, 'the demo', () => {
  test.concurrent('shows chat passing and everything else stopped, and leaves nothing behind', async () => {
    const run = startDemo();
    expect({ ended: await run.ended, output: run.output() }).toMatchObject({ ended: 0 });
    await run.printed(/All as it should be\./);
    expect(run.output()).toMatch(/\bname-not-allowed\b/);
    await nothingLeft(run.pid);
  });

  test.concurrent.each<[string, RegExp, 'SIGINT' | 'SIGTERM']>([
    ['while the namespaces are made', /Making/, 'SIGINT'],
    ['once the gateway is ready', /ready/, 'SIGINT'],
    ['while the phone chats', /POST/, 'SIGINT'],
    ['while the phone waits for what never comes', /www\.example\.org/, 'SIGINT'],
    ['while the phone chats', /POST/, 'SIGTERM'],
  ])('ended %s, leaves nothing behind', async (_, moment, signal) => {
    const run = startDemo();
    await run.printed(moment);
    // A terminal's Ctrl-C goes to every process of the group, a service manager's signal to the first.
    kill(signal === 'SIGINT' ? -run.pid : run.pid, signal);
    // Before there is anything to clean up, the signal itself ends it.
    expect([signal, signal === 'SIGINT' ? 130 : 143]).toContain(await run.ended);
    await nothingLeft(run.pid);
  });

  test.concurrent('killed, leaves what the next run removes', async () => {
    const run = startDemo();
    await run.printed(/POST/);
    kill(run.pid, 'SIGKILL');
    expect(await run.ended).toBe('SIGKILL');
    expect(leftBy(run.pid)).not.toEqual([]);
    removeLeftovers();
    await nothingLeft(run.pid);
  });
});
