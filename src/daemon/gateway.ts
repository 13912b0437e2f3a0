import { setImmediate } from 'node:timers/promises';
import type { Pack } from '../classify/pack.ts';
import type { Settings } from '../classify/settings.ts';
import type { Backend } from '../firewall/backend.ts';
import { chooseBackend } from '../firewall/choose-backend.ts';
import type { Host } from '../firewall/host.ts';
import { markLayout } from '../firewall/mark.ts';
import type { FirewallPlan } from '../firewall/plan.ts';
import { ChatDevices } from '../judge/chat-devices.ts';
import { COUNTERS, type Counter, Counters } from '../log/counters.ts';
import { KernelDrops } from './kernel-drops.ts';
import { type WorkerPool, workersUntold } from './worker-pool.ts';

/** Flow ids of one worker: far more than it can count in a year, and all workers' together below 2^53. */
const FLOW_IDS_PER_WORKER = 2 ** 46;

/** How often it is looked whether packets were lost. */
const LOOK_MS = 10_000;

type Workers = Pick<WorkerPool, 'open' | 'serve' | 'stop'>;

export interface GatewayOptions {
  readonly settings: Settings;
  readonly packs: readonly Pack[];
  /** The TCP ports on which payload tells, of the policy these make. */
  readonly tcpPorts: readonly number[];
  /** Where the workers come from; the gateway stops it. */
  readonly pool: Workers;
  /** Whoever aborts it wants no gateway any more. */
  readonly stop: AbortSignal;
  readonly host: Host;
  readonly cores: number;
  /** The interfaces that exist, but for loopback. */
  readonly devices: readonly string[];
  readonly onWarning: (message: string) => void;
  /** Whole lines of the verdict log; `whenDone` is to be called once nobody needs their memory any more. */
  readonly onLines: (bytes: Uint8Array, count: number, whenDone: () => void) => void;
  /** A worker ended; verdicts are no longer given on its queue. */
  readonly onDeath: (message: string) => void;
}

/** A running gateway: workers that serve the queues, and the kernel's rules that fill them. */
export class Gateway {
  readonly backendName: string;
  readonly queues: FirewallPlan['queues'];
  readonly #counters: Counters<Counter>;
  readonly #drops: KernelDrops;
  readonly #lookout: NodeJS.Timeout;
  readonly #backend: Backend;
  readonly #pool: Workers;
  readonly #leavesOpen: boolean;

  private constructor(
    backend: Backend,
    plan: FirewallPlan,
    counters: Counters<Counter>,
    { pool, onWarning }: GatewayOptions,
  ) {
    this.backendName = backend.name;
    this.queues = plan.queues;
    this.#counters = counters;
    this.#drops = new KernelDrops(plan.queues);
    this.#lookout = setInterval(() => {
      const lost = this.#drops.fresh();
      if (lost > 0) onWarning(packetsLost(lost));
    }, LOOK_MS).unref();
    this.#backend = backend;
    this.#pool = pool;
    this.#leavesOpen = plan.whenDown === 'open';
  }

  /**
   * Binds the queues, then puts the rules in place, then starts to give verdicts. The order matters: a queue that
   * another gateway serves is noticed before its rules are touched, and no verdict is given before there are rules
   * that carry it out.
   * @throws what `stop` was aborted with, where that was before the rules were put in place.
   * @throws Error that says what is wrong and what to do; then nothing was changed.
   */
  static async start(options: GatewayOptions): Promise<Gateway> {
    const { pool } = options;
    const plan = planOf(options);
    // A row for each worker, and the last one for what is counted here.
    const rows = plan.queues.count + 1;
    const counters = new Counters(COUNTERS, rows);
    const devices = ChatDevices.memory();
    const opening = pool.open(
      Array.from({ length: plan.queues.count }, (_, row) => ({
        queue: plan.queues.first + row,
        failOpen: plan.whenDown === 'open',
        markMask: plan.marks.mask,
        allow: options.settings.allow,
        packs: options.packs,
        devices,
        firstFlowId: 1 + row * FLOW_IDS_PER_WORKER,
        counters: counters.memory,
        rows,
        row,
      })),
      { onLines: options.onLines, onDeath: options.onDeath },
    );
    try {
      // Asking what works here changes nothing, and is done while the workers load.
      const choosing = (async () => chooseBackend(options.host, options.settings.firewall.backend, plan))();
      const [backend] = await Promise.all([choosing, opening]);
      // Signals that came meanwhile are heard in between.
      await setImmediate();
      options.stop.throwIfAborted();
      applyRules(backend, plan, options);
      pool.serve(backend.dealings);
      return new Gateway(backend, plan, counters, options);
    } catch (error) {
      await pool.stop();
      throw error;
    }
  }

  /** What has been counted, in words. */
  summary(): string {
    this.#counters.row(this.queues.count).set('kernelDrops', this.#drops.count());
    return this.#counters.summary();
  }

  /** Stops. The rules stay and keep undecided traffic out, unless the owner wants the way open then. */
  async stop(): Promise<void> {
    clearInterval(this.#lookout);
    // With its queues goes what the kernel says of them.
    this.#drops.count();
    if (this.#leavesOpen) this.#backend.remove();
    await this.#pool.stop();
  }
}

function packetsLost(packets: number): string {
  return (
    `${packets} packets were dropped because they came faster than they could be judged; apps send again what matters. ` +
    'Should it go on, give the box more processors, and workers: with their number in the policy file'
  );
}

/** With the short cut where the owner wants it and the kernel can, else without. */
function applyRules(backend: Backend, plan: FirewallPlan, options: GatewayOptions): void {
  if (!options.settings.firewall.offload) {
    backend.apply(plan);
    return;
  }
  try {
    if (!backend.canOffload) throw new Error(`${backend.name} knows none; nft does`);
    backend.apply({ ...plan, offloadDevices: options.devices });
  } catch (error) {
    options.onWarning(`no short cut for allowed flows: ${error instanceof Error ? error.message : String(error)}`);
    backend.apply(plan);
  }
}

/** What the kernel is asked to do for these settings. */
export function planOf(options: Pick<GatewayOptions, 'settings' | 'tcpPorts' | 'cores'>): FirewallPlan {
  const { settings, tcpPorts, cores } = options;
  return {
    lanInterfaces: settings.lan,
    queues: {
      first: settings.firewall.queue,
      count: settings.workers === 'auto' ? workersUntold(cores) : settings.workers,
    },
    marks: markLayout(settings.firewall.mark),
    tcpPorts,
    whenDown: settings.whenDown,
    onDrop: settings.onDrop,
    offloadDevices: [],
  };
}
