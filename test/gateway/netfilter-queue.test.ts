import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

const CHILD = fileURLToPath(new URL('./netfilter-queue/child.mjs', import.meta.url));
const TRAFFIC = fileURLToPath(new URL('./netfilter-queue/traffic.mjs', import.meta.url));
const BUILT = fileURLToPath(new URL('../../dist/netfilter-queue/index.js', import.meta.url));

const GATEWAY = `cg-nfq-${process.pid}-g`;
const CLIENT = `cg-nfq-${process.pid}-c`;
const GATEWAY_ADDRESS = '10.77.0.1';
const GATEWAY_ADDRESS_6 = 'fd77::1';
const CLIENT_ADDRESSES = Array.from({ length: 8 }, (_, index) => `10.77.0.${10 + index}`);
const PORT = 9000;
const MARK = 0x8f000042;
/** Without CAP_NET_ADMIN, the user being the same. */
const POWERLESS = ['setpriv', '--bounding-set', '-net_admin', '--inh-caps', '-net_admin'];

function run(...command: string[]): string {
  const [file = '', ...args] = command;
  return execFileSync(file, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

const inGateway = (...command: string[]) => run('ip', 'netns', 'exec', GATEWAY, ...command);
const inClient = (...command: string[]) => run('ip', 'netns', 'exec', CLIENT, ...command);

function whyNot(): string | null {
  if (process.platform !== 'linux') return 'this is not Linux';
  if (process.getuid?.() !== 0) return 'making network namespaces takes root';
  if (!existsSync(BUILT)) return 'dist/ has not been built (npm run build)';
  const probe = `cg-nfq-${process.pid}-p`;
  try {
    run('ip', 'netns', 'add', probe);
    run('ip', 'netns', 'exec', probe, 'iptables', '-A', 'INPUT', '-j', 'NFQUEUE', '--queue-balance', '0:1');
    run('setpriv', '--version');
    return null;
  } catch (error) {
    return `something is missing: ${String(error).trim()}`;
  } finally {
    if (existsSync(`/run/netns/${probe}`)) run('ip', 'netns', 'del', probe);
  }
}

interface Report {
  readonly counters: Record<string, number>;
  readonly status: { readonly waiting: number; readonly queueDropped: number; readonly userDropped: number };
  readonly seen: Record<string, Record<string, number>>;
  readonly payloadBytes: number;
  readonly originalBytes: number;
  readonly aggregated: number;
  readonly unsummed: number;
}

interface Failure {
  readonly code: string;
  readonly errorNumber: number;
  readonly message: string;
}

const children = new Set<ChildProcess>();

/** A program in the gateway's namespace that serves the queue until it is stopped. */
class QueueProgram {
  readonly ready: Promise<void>;
  readonly done: Promise<void>;
  readonly reports: Report[] = [];
  readonly failures: Failure[] = [];
  readonly #child: ChildProcess;

  constructor(options: object, task: { queues?: readonly number[] } & Record<string, unknown>, prefix: string[] = []) {
    const node = [...prefix, process.execPath, '--expose-gc', CHILD, JSON.stringify(options), JSON.stringify(task)];
    const child = spawn('ip', ['netns', 'exec', GATEWAY, ...node], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child = child;
    children.add(child);
    let missing = task.queues?.length ?? 1;
    const lines = createInterface({ input: child.stdout });
    this.ready = new Promise((resolve) => {
      lines.on('line', (line) => {
        const message = JSON.parse(line);
        if (message.error) this.failures.push(message.error);
        else if (!message.ready) this.reports.push(message);
        if (message.ready || message.error) missing -= 1;
        if (missing === 0) resolve();
      });
    });
    this.done = new Promise((resolve) => {
      child.on('close', () => {
        children.delete(child);
        resolve();
      });
    });
  }

  async stop(): Promise<Report> {
    this.#child.stdin?.end();
    await this.done;
    const [report] = this.reports;
    if (report === undefined) throw new Error(`the program failed: ${JSON.stringify(this.failures)}`);
    return report;
  }
}

async function serving(options: object, task: Record<string, unknown>): Promise<QueueProgram> {
  const program = new QueueProgram(options, task);
  await program.ready;
  return program;
}

/** What the kernel refuses to a program that asks for queue 0. */
async function refusalOf(prefix: string[]): Promise<Failure | undefined> {
  const program = new QueueProgram({}, {}, prefix);
  await program.ready;
  await program.stop().catch(() => {});
  return program.failures[0];
}

function queueUdp(...target: string[]): void {
  inGateway('iptables', '-t', 'mangle', '-A', 'INPUT', '-p', 'udp', '-j', 'NFQUEUE', ...target);
}

/** Counts, and then drops, what comes to the filter table with this mark. */
function countMarked(mark: number): void {
  inGateway('iptables', '-A', 'INPUT', '-p', 'udp', '-m', 'mark', '--mark', `${mark}`, '-j', 'DROP');
}

function counted(): number {
  const rule = inGateway('iptables', '-nvxL', 'INPUT').split('\n')[2] ?? '';
  return Number(rule.trim().split(/\s+/)[0]);
}

function sendUdp(packets: number, bytes = 100, ...from: string[]): void {
  inClient(process.execPath, TRAFFIC, 'udp', GATEWAY_ADDRESS, `${PORT}`, `${packets}`, `${bytes}`, ...from);
}

const reason = whyNot();

describe.skipIf(reason !== null)(`a queue of the kernel${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  beforeAll(() => {
    for (const namespace of [GATEWAY, CLIENT]) {
      run('ip', 'netns', 'add', namespace);
      run('ip', '-n', namespace, 'link', 'set', 'lo', 'up');
    }
    run(
      'ip',
      '-n',
      GATEWAY,
      'link',
      'add',
      'veth0',
      'address',
      '02:00:00:00:00:01',
      'type',
      'veth',
      'peer',
      'name',
      'veth0',
      'address',
      '02:00:00:00:00:02',
      'netns',
      CLIENT,
    );
    run('ip', '-n', GATEWAY, 'address', 'add', `${GATEWAY_ADDRESS}/24`, 'dev', 'veth0');
    run('ip', '-n', GATEWAY, 'address', 'add', `${GATEWAY_ADDRESS_6}/64`, 'dev', 'veth0', 'nodad');
    run('ip', '-n', CLIENT, 'address', 'add', 'fd77::2/64', 'dev', 'veth0', 'nodad');
    for (const address of CLIENT_ADDRESSES) run('ip', '-n', CLIENT, 'address', 'add', `${address}/24`, 'dev', 'veth0');
    for (const namespace of [GATEWAY, CLIENT]) run('ip', '-n', namespace, 'link', 'set', 'veth0', 'up');
    inClient('ping', '-c', '1', '-W', '5', GATEWAY_ADDRESS);
  });

  afterEach(() => {
    for (const child of children) child.kill('SIGKILL');
    inGateway('iptables', '-t', 'mangle', '-F');
    inGateway('iptables', '-t', 'raw', '-F');
    inGateway('iptables', '-F');
  });

  afterAll(() => {
    for (const namespace of [GATEWAY, CLIENT]) {
      if (existsSync(`/run/netns/${namespace}`)) run('ip', 'netns', 'del', namespace);
    }
  });

  it('lets accepted packets pass, with the mark the verdict gives them', async () => {
    queueUdp('--queue-num', '0');
    countMarked(MARK);
    const program = await serving({}, { mark: MARK, describe: true });
    sendUdp(1000);
    const report = await program.stop();
    expect(counted()).toBe(1000);
    expect(report.counters).toMatchObject({ received: 1000, accepted: 1000, malformed: 0, refusedVerdicts: 0 });
    expect(report.status).toMatchObject({ waiting: 0, queueDropped: 0, userDropped: 0 });
    const veth = /^(\d+):/.exec(inGateway('ip', '-o', 'link', 'show', 'veth0'))?.[1] ?? '';
    expect(report.seen).toEqual({
      protocols: { [0x0800]: 1000 },
      hooks: { 1: 1000 },
      inIndexes: { [veth]: 1000 },
      outIndexes: { 0: 1000 },
      hardwareAddresses: { '020000000002': 1000 },
      marks: { 0: 1000 },
      priorities: { 0: 1000 },
    });
    expect(report.payloadBytes).toBe(1000 * (20 + 8 + 100));
  });

  it('shows the mark a packet comes with, and leaves it when the verdict names none', async () => {
    inGateway('iptables', '-t', 'raw', '-A', 'PREROUTING', '-p', 'udp', '-j', 'MARK', '--set-mark', `${MARK}`);
    queueUdp('--queue-num', '0');
    countMarked(MARK);
    const program = await serving({}, { describe: true });
    sendUdp(50);
    expect((await program.stop()).seen['marks']).toEqual({ [MARK]: 50 });
    expect(counted()).toBe(50);
  });

  it('takes IPv6 packets as it takes IPv4', async () => {
    inGateway('ip6tables', '-t', 'mangle', '-A', 'INPUT', '-p', 'icmpv6', '--icmpv6-type', '128', '-j', 'NFQUEUE');
    const program = await serving({}, { describe: true });
    inClient('ping', '-c', '20', '-i', '0.01', '-W', '5', GATEWAY_ADDRESS_6);
    inGateway('ip6tables', '-t', 'mangle', '-F');
    const report = await program.stop();
    expect(report.seen['protocols']).toEqual({ [0x86dd]: 20 });
    expect(report.counters).toMatchObject({ received: 20, accepted: 20 });
  });

  it('lets no dropped packet pass', async () => {
    queueUdp('--queue-num', '0');
    countMarked(0);
    const program = await serving({}, { verdict: 'drop' });
    sendUdp(200);
    expect((await program.stop()).counters).toMatchObject({ received: 200, accepted: 0, dropped: 200 });
    expect(counted()).toBe(0);
  });

  it('takes verdicts on packets held over many batches', async () => {
    queueUdp('--queue-num', '0');
    countMarked(MARK);
    const program = await serving({}, { mark: MARK, hold: 300 });
    sendUdp(1000);
    expect((await program.stop()).counters).toMatchObject({ received: 1000, accepted: 1000, refusedVerdicts: 0 });
    expect(counted()).toBe(1000);
  });

  it('copies no more than the copy range, and says how long the packet was', async () => {
    queueUdp('--queue-num', '0');
    const program = await serving({ copyRangeBytes: 100 }, { describe: true });
    sendUdp(10, 1000);
    const report = await program.stop();
    expect(report).toMatchObject({ payloadBytes: 10 * 100, originalBytes: 10 * 1028 });
  });

  it('counts a verdict on a packet that is no longer there, and goes on', async () => {
    queueUdp('--queue-num', '0');
    countMarked(0);
    const program = await serving({}, { verdict: 'acceptTwice' });
    sendUdp(200);
    expect((await program.stop()).counters).toMatchObject({ received: 200, refusedVerdicts: 200, malformed: 0 });
    expect(counted()).toBe(200);
  });

  it.each([
    ['drops', false, 10, 30],
    ['with failOpen accepts', true, 40, 0],
  ])('when full %s what comes beyond, and the kernel counts the drops', async (_, failOpen, passed, queueDropped) => {
    queueUdp('--queue-num', '0');
    countMarked(0);
    const program = await serving({ maxLength: 10, failOpen, receiveTimeoutMs: 300 }, { hold: 1000 });
    sendUdp(40);
    const report = await program.stop();
    expect(report.counters['received']).toBe(10);
    expect(report.status).toMatchObject({ queueDropped, userDropped: 0 });
    expect(counted()).toBe(passed);
  });

  it('counts what the receive buffer had no room for', async () => {
    queueUdp('--queue-num', '0');
    const program = await serving(
      { receiveBufferBytes: 4096, receiveTimeoutMs: 300, batch: 1 },
      { collectGarbage: true },
    );
    sendUdp(2000, 1000);
    const report = await program.stop();
    expect(report.status.userDropped).toBeGreaterThan(0);
    expect(report.status.userDropped + (report.counters['received'] ?? 0)).toBe(2000);
  });

  it('loses no packet while memory is collected and reused between batches', async () => {
    queueUdp('--queue-num', '0');
    countMarked(MARK);
    const program = await serving({}, { mark: MARK, collectGarbage: true, describe: true });
    sendUdp(6000);
    const report = await program.stop();
    expect(report.counters).toMatchObject({ received: 6000, accepted: 6000, malformed: 0, refusedVerdicts: 0 });
    expect(report.payloadBytes).toBe(6000 * 128);
    expect(report.status).toMatchObject({ waiting: 0, queueDropped: 0, userDropped: 0 });
    expect(counted()).toBe(6000);
  });

  it('shares the load with a second queue in another thread', async () => {
    queueUdp('--queue-balance', '0:1');
    countMarked(MARK);
    const program = await serving({}, { mark: MARK, queues: [0, 1] });
    sendUdp(4000, 100, ...CLIENT_ADDRESSES);
    await program.stop();
    const received = program.reports.map(({ counters }) => counters['received'] ?? 0);
    expect(received).toHaveLength(2);
    expect(Math.min(...received)).toBeGreaterThan(0);
    expect(received.reduce((sum, count) => sum + count)).toBe(4000);
    expect(counted()).toBe(4000);
  });

  it('with gso takes a bulk transfer in joined segments, and without it in single ones', async () => {
    for (const gso of [true, false]) {
      inGateway('iptables', '-t', 'mangle', '-F');
      inGateway('iptables', '-t', 'mangle', '-A', 'INPUT', '-p', 'tcp', '-j', 'NFQUEUE', '--queue-num', '0');
      const program = await serving({ copyRangeBytes: 65531, gso }, { describe: true });
      const listener = spawn('ip', ['netns', 'exec', GATEWAY, process.execPath, TRAFFIC, 'listen', `${PORT}`]);
      children.add(listener);
      const heard: string[] = [];
      const lines = createInterface({ input: listener.stdout });
      const listening = new Promise<void>((resolve) => {
        lines.on('line', (line) => {
          heard.push(line);
          resolve();
        });
      });
      await listening;
      inClient(process.execPath, TRAFFIC, 'tcp', GATEWAY_ADDRESS, `${PORT}`, '3000000');
      const report = await program.stop();
      children.delete(listener);
      expect(heard).toEqual(['listening', '3000000']);
      expect([report.aggregated > 0, report.unsummed > 0]).toEqual([gso, gso]);
      expect(report.payloadBytes).toBe(report.originalBytes);
    }
  });

  it('is refused to a program without CAP_NET_ADMIN', async () => {
    const refusal = await refusalOf(POWERLESS);
    expect(refusal).toMatchObject({ code: 'not-permitted', errorNumber: 1 });
    expect(refusal?.message).toContain('CAP_NET_ADMIN');
  });

  it('that another program has bound is refused with its name, and given once it is free', async () => {
    const first = await serving({}, {});
    const refusal = await refusalOf([]);
    expect(refusal).toMatchObject({ code: 'queue-taken', errorNumber: 1 });
    expect(refusal?.message).toMatch(/queue 0 is already bound by process \d+ \(node\)/);
    expect(await refusalOf(POWERLESS)).toMatchObject({ code: 'not-permitted' });
    await first.stop();
    expect(await refusalOf([])).toBeUndefined();
  });

  it('shows the priority a packet comes with, and sends it through the chain again with another', async () => {
    const before =
      'chain before { type filter hook input priority -160; meta l4proto udp meta priority set 0x8f000007; }';
    const after =
      'chain after { type filter hook input priority -140; meta l4proto udp meta priority 0xa0000009 counter; }';
    inGateway('nft', `table ip priorities {\n${before}\n${after}\n}`);
    const isNew = ['-m', 'mark', '!', '--mark', `${MARK}`];
    inGateway('iptables', '-t', 'mangle', '-A', 'INPUT', '-p', 'udp', ...isNew, '-j', 'NFQUEUE', '--queue-num', '0');
    countMarked(MARK);
    const program = await serving({}, { verdict: 'repeat', mark: MARK, priority: 0xa0000009, describe: true });
    sendUdp(50);
    const report = await program.stop();
    const listed = inGateway('nft', 'list', 'table', 'ip', 'priorities');
    inGateway('nft', 'delete', 'table', 'ip', 'priorities');
    expect(report.seen['priorities']).toEqual({ [0x8f000007]: 50 });
    expect(report.counters).toMatchObject({ received: 50, accepted: 50, refusedVerdicts: 0 });
    expect(counted(), 'on its way with the mark').toBe(50);
    expect(listed).toMatch(/counter packets 50 /);
  });
});
