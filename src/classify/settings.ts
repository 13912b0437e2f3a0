import * as v from 'valibot';
import { type AllowEntry, allowList } from './allow-entry.ts';
import { doubts } from './doubts.ts';
import { fault } from './fault.ts';
import type { Pack } from './pack.ts';
import type { Problem, Reading } from './problem.ts';
import { complaint, inFileOrder, listOf, mapping, oneOf, parsed, readBy, text } from './schema.ts';
import { readYaml } from './yaml-text.ts';

/** What the owner's file says, with every default filled in. Plain data that survives a structured clone. */
export interface Settings {
  /** The interfaces phones are on; empty where the file names none. */
  readonly lan: readonly string[];
  /** What the kernel does with undecided packets while nobody answers. */
  readonly whenDown: 'closed' | 'open';
  readonly onDrop: 'drop' | 'reset';
  readonly firewall: FirewallSettings;
  /** `auto`: as many as suit the machine. */
  readonly workers: 'auto' | number;
  readonly log: LogSettings;
  readonly allow: readonly AllowEntry[];
}

export interface FirewallSettings {
  readonly backend: 'auto' | 'nft' | 'iptables';
  /** Four adjacent bits of a 32-bit mark. */
  readonly mark: number;
  /** Whether allowed flows take the kernel's short cut past all other rules, where nft and the kernel can. */
  readonly offload: boolean;
  /** The first queue's number; each worker has one, counted up from here. */
  readonly queue: number;
}

export interface LogSettings {
  /** Null: no file. */
  readonly file: string | null;
  readonly stdout: boolean;
}

const MOST_WORKERS = 64;
const HIGHEST_QUEUE = 0xffff;
const DEFAULT_FIREWALL = { backend: 'auto', mark: 0x0f000000, queue: 17_223, offload: false } as const;
const DEFAULT_LOG = { file: '/var/log/chatgate/verdict.json', stdout: false };

/** What is allowed where there is no file, and where one says nothing of it. */
const DEFAULT_ALLOW = ['wechat', 'qq', 'connectivity-check', 'push'];

const networkInterface = parsed(text('the name of a network interface'), (name) =>
  /^[^\s/:%]{1,15}$/.test(name) && name !== '.' && name !== '..'
    ? name
    : fault(`"${name}" cannot be an interface`, 'ip -brief link lists what this machine has'),
);

const number = v.number(complaint('a number belongs here'));

const mark = parsed(number, (bits) => {
  const lowest = bits & -bits;
  const fits = Number.isInteger(bits) && bits > 0 && bits <= 0xffffffff && bits / (lowest >>> 0) === 0xf;
  return fits ? bits : fault('not four adjacent bits of a 32-bit mark', 'write for example 0x0f000000 or 0x000000f0');
});

const queue = parsed(number, (first) =>
  Number.isInteger(first) && first >= 0 && first <= HIGHEST_QUEUE
    ? first
    : fault('no such queue', `a queue is a number from 0 to ${HIGHEST_QUEUE}`),
);

const workers = parsed(v.union([v.string(), v.number()], complaint('auto or a number belongs here')), (count) => {
  if (count === 'auto') return count;
  if (typeof count === 'number' && Number.isInteger(count) && count >= 1 && count <= MOST_WORKERS) return count;
  return fault(
    `${JSON.stringify(count)} is not a number of workers`,
    `write auto, or a number from 1 to ${MOST_WORKERS}`,
  );
});

const logFile = parsed(text('a file'), (path) =>
  path.startsWith('/')
    ? path
    : fault('a relative path', 'write the whole path: the service is not started from your directory'),
);

function schema(packs: readonly Pack[]) {
  return mapping({
    lan: v.optional(
      v.union([listOf(networkInterface, 'interfaces')], complaint('a list of interfaces belongs here')),
      [],
    ),
    when_down: v.optional(oneOf(['closed', 'open']), 'closed'),
    on_drop: v.optional(oneOf(['drop', 'reset']), 'drop'),
    firewall: v.optional(
      mapping({
        backend: v.optional(oneOf(['auto', 'nft', 'iptables']), DEFAULT_FIREWALL.backend),
        mark: v.optional(mark, DEFAULT_FIREWALL.mark),
        queue: v.optional(queue, DEFAULT_FIREWALL.queue),
        offload: v.optional(v.boolean(complaint('true or false belongs here')), DEFAULT_FIREWALL.offload),
      }),
      {},
    ),
    workers: v.optional(workers, 'auto'),
    log: v.optional(
      mapping({
        file: v.optional(v.nullable(logFile), DEFAULT_LOG.file),
        stdout: v.optional(v.boolean(complaint('true or false belongs here')), DEFAULT_LOG.stdout),
      }),
      {},
    ),
    allow: v.optional(allowList(packs), DEFAULT_ALLOW),
  });
}

/** Reads the owner's file. @param file its name, as problems name it. @param packs what it may allow. */
export function parseSettings(content: string, file: string, packs: readonly Pack[]): Reading<Settings> {
  const yaml = readYaml(content, file);
  if (yaml.value === null) {
    const empty: Problem = {
      severity: 'error',
      file,
      place: null,
      message: 'the file is empty',
      advice: `write at least the interface phones are on and what they may do: lan: [wlan0] and allow: [${DEFAULT_ALLOW.join(', ')}]`,
    };
    return { value: null, problems: [...yaml.problems, empty] };
  }
  const { value, problems } = readBy(schema(packs), yaml, file);
  if (value === null) return { value: null, problems };
  const settings: Settings = {
    lan: value.lan,
    whenDown: value.when_down,
    onDrop: value.on_drop,
    firewall: value.firewall,
    workers: value.workers,
    log: value.log,
    allow: value.allow.map((entry, i): AllowEntry => ({ ...entry, line: yaml.at(['allow', i], 'value').line })),
  };
  return { value: settings, problems: [...problems, ...doubts(settings, yaml, file)].sort(inFileOrder) };
}

/** The settings of an owner who wrote no file. */
export function defaultSettings(packs: readonly Pack[]): Settings {
  const { value, problems } = parseSettings('{}', 'default settings', packs);
  if (value === null) throw new TypeError(`the default settings do not suit these packs: ${problems[0]?.message}`);
  return value;
}
