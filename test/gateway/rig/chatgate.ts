import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { CHATGATE } from './compiled.ts';
import { type Daemon, type Ending, startDaemon } from './daemon.ts';
import type { Rig } from './rig.ts';

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
  readonly #daemon: Daemon;

  /** Resolves once the daemon says it is ready. */
  static async start(rig: Rig, config: string): Promise<Chatgate> {
    const args = [CHATGATE, 'run', '--config', config];
    return new Chatgate(rig, await startDaemon(rig.gateway, process.execPath, args, /^ready\b/m));
  }

  private constructor(rig: Rig, daemon: Daemon) {
    this.#rig = rig;
    this.#daemon = daemon;
  }

  get pid(): number {
    return this.#daemon.pid;
  }

  /** What it has printed so far. */
  get output(): string {
    return this.#daemon.output;
  }

  stop(signal?: NodeJS.Signals): Promise<Ending> {
    return this.#daemon.stop(signal);
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
