import { type ChildProcess, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { CHATGATE } from './compiled.ts';
import { spawnIn } from './namespaces.ts';
import type { Rig } from './rig.ts';
import { saidBy } from './said-by.ts';

/** One line of the verdict log, as far as the rig reads it. */
const VerdictSchema = v.looseObject({
  event_type: v.literal('verdict'),
  flow_id: v.number(),
  src_ip: v.string(),
  src_port: v.optional(v.number(), 0),
  dest_ip: v.string(),
  dest_port: v.optional(v.number(), 0),
  proto: v.string(),
  app_proto: v.nullish(v.string()),
  verdict: v.looseObject({
    action: v.picklist(['allow', 'drop']),
    rule: v.nullish(v.string()),
    reason: v.string(),
  }),
});
export type Verdict = v.InferOutput<typeof VerdictSchema>;

export interface Settings {
  /** Interfaces beside the phones' that are guarded as well. */
  readonly furtherLan?: readonly string[];
  readonly allow?: readonly string[];
  readonly whenDown?: 'closed' | 'open';
  readonly onDrop?: 'drop' | 'reset';
  readonly backend?: 'auto' | 'nft' | 'iptables';
}

/** Long enough for an emulated machine; where all is well nobody waits for it. */
const READY_MS = 60_000;
const VERDICT_MS = 10_000;
const SHOWN_VERDICTS = 5;

/** Writes a configuration into the rig's folder, and says where. */
export function configure(rig: Rig, settings: Settings = {}): string {
  const {
    furtherLan = [],
    allow = ['wechat', 'qq'],
    whenDown = 'closed',
    onDrop = 'drop',
    backend = 'auto',
  } = settings;
  const file = join(rig.folder, 'chatgate.yaml');
  const lines = [
    `lan: [${[rig.lanInterface, ...furtherLan].join(', ')}]`,
    `allow: [${allow.join(', ')}]`,
    `log: { file: ${logFile(rig)} }`,
    `when_down: ${whenDown}`,
    `on_drop: ${onDrop}`,
    `firewall: { backend: ${backend} }`,
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

export function logFile(rig: Rig): string {
  return join(rig.folder, 'verdicts.jsonl');
}

/** Runs a chatgate command in the gateway to its end. */
export function chatgate(rig: Rig, args: readonly string[]): { exit: number; output: string } {
  const command = ['netns', 'exec', rig.gateway, process.execPath, CHATGATE, ...args];
  const { status, stdout, stderr } = spawnSync('ip', command, { encoding: 'utf8', timeout: 20_000 });
  return { exit: status ?? -1, output: stdout + stderr };
}

/** The daemon in the rig's gateway. */
export class Chatgate {
  readonly #rig: Rig;
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | NodeJS.Signals>;
  readonly #said: ReturnType<typeof saidBy>;

  /** Resolves once the daemon says it is ready. */
  static async start(rig: Rig, config: string): Promise<Chatgate> {
    const daemon = new Chatgate(rig, config);
    const until = performance.now() + READY_MS;
    let over: number | NodeJS.Signals | null = null;
    void daemon.#ended.then((how) => {
      over = how;
    });
    while (performance.now() < until && over === null) {
      if (/^ready\b/m.test(daemon.#said.text)) return daemon;
      await sleep(5);
    }
    daemon.#child.kill('SIGKILL');
    throw new Error(`chatgate is not ready (${over ?? 'out of time'}):\n${daemon.#said.text}`);
  }

  private constructor(rig: Rig, config: string) {
    this.#rig = rig;
    const args = [CHATGATE, 'run', '--config', config];
    this.#child = spawnIn(rig.gateway, process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#said = saidBy(this.#child);
    this.#ended = new Promise((resolve) => {
      this.#child.on('close', (code, signal) => resolve(code ?? signal ?? -1));
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** What it has printed so far. */
  get output(): string {
    return this.#said.text;
  }

  /** The exit code, or the signal that ended it. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | NodeJS.Signals> {
    this.#child.kill(signal);
    return this.#ended;
  }

  verdicts(): Verdict[] {
    return readVerdicts(this.#rig);
  }

  /** The first verdict that fits, as soon as it is logged. */
  async verdict(fits: (verdict: Verdict) => boolean): Promise<Verdict> {
    const until = performance.now() + VERDICT_MS;
    while (performance.now() < until) {
      const found = this.verdicts().find(fits);
      if (found !== undefined) return found;
      await sleep(20);
    }
    const last = this.verdicts().slice(-SHOWN_VERDICTS);
    throw new Error(`no such verdict; the last are\n${last.map((verdict) => JSON.stringify(verdict)).join('\n')}`);
  }
}

/** Every verdict in the rig's log; a last line that is still being written is left out. */
export function readVerdicts(rig: Rig): Verdict[] {
  if (!existsSync(logFile(rig))) return [];
  const lines = readFileSync(logFile(rig), 'utf8').split('\n').slice(0, -1);
  return lines
    .map((line): unknown => JSON.parse(line))
    .filter((event) => v.is(v.looseObject({ event_type: v.literal('verdict') }), event))
    .map((event) => v.parse(VerdictSchema, event));
}
