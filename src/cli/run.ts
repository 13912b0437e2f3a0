import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { Gateway, workersUntold } from '../daemon/gateway.ts';
import { WorkerPool } from '../daemon/worker-pool.ts';
import { thisHost } from '../firewall/host.ts';
import { LogWriter } from '../log/writer.ts';
import { listInterfaces } from '../system/interface-names.ts';
import { sdNotify } from '../system/sd-notify.ts';
import { complain } from './complain.ts';
import { configOption } from './config-option.ts';
import type { GatewayPolicy } from './gateway-policy.ts';

export function addRun(program: Command): void {
  program
    .command('run')
    .description('enforce the policy: judge what phones send and let only chat pass')
    .addOption(configOption())
    .action(async ({ config }: { config?: string }) => {
      // The workers load while what reads the policy does, and while it is read.
      const pool = new WorkerPool(workersUntold(availableParallelism()));
      try {
        const { loadGatewayPolicy } = await import('./gateway-policy.ts');
        const policy = loadGatewayPolicy(config);
        process.exitCode = policy === null ? 2 : await run(policy, pool);
      } finally {
        await pool.stop();
      }
    });
}

/** Serves until a signal says stop. Returns the exit status. */
async function run({ settings, packs, tcpPorts }: GatewayPolicy, pool: WorkerPool): Promise<number> {
  if (settings.lan.length === 0) {
    complain('no interface to guard: write the one the phones are on into the policy file, e.g. lan: [wlan0]');
    return 2;
  }
  warnAbout(settings.lan);
  const log = new LogWriter(settings.log);
  let stopWith: (status: number) => void = () => {};
  const stopped = new Promise<number>((resolve) => {
    stopWith = resolve;
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopWith(0));
  process.on('SIGHUP', () => log.reopen());
  try {
    const gateway = await Gateway.start({
      settings,
      packs,
      tcpPorts,
      pool,
      host: thisHost,
      cores: availableParallelism(),
      devices: listInterfaces().flatMap(({ name }) => (name === 'lo' ? [] : [name])),
      onWarning: (message) => complain(`warning: ${message}`),
      onLines: (bytes, count, whenDone) => log.write(bytes, count, whenDone),
      onDeath: (message) => {
        complain(message);
        stopWith(1);
      },
    });
    process.stdout.write(`${readyLine(gateway, settings.lan)}\n`);
    sdNotify('READY=1');
    process.on('SIGUSR2', () => complain(summary(gateway, log)));
    const status = await stopped;
    sdNotify('STOPPING=1');
    await gateway.stop();
    await log.close();
    complain(`stopped: ${summary(gateway, log)}; ${RULES_THEN[settings.whenDown]}`);
    return status;
  } catch (error) {
    complain(error);
    return 1;
  } finally {
    await log.close();
  }
}

function readyLine({ backendName, queues }: Gateway, lan: readonly string[]): string {
  const last = queues.first + queues.count - 1;
  const numbers = queues.count === 1 ? `${queues.first}` : `${queues.first}-${last}`;
  return `ready: backend ${backendName}, queues ${numbers}, interfaces ${lan.join(', ')}`;
}

function summary({ counters }: Gateway, log: LogWriter): string {
  const lost = log.linesLost === 0 ? '' : `, log lines lost ${log.linesLost}`;
  return `${counters.summary()}, log lines ${log.linesWritten}${lost}`;
}

/** What the rules do from then on. */
const RULES_THEN = {
  closed: 'the rules stay and keep undecided traffic out; chatgate firewall remove lifts them',
  open: 'the rules are removed and everything passes',
} as const;

function warnAbout(lan: readonly string[]): void {
  const present = new Set(listInterfaces().map(({ name }) => name));
  for (const name of lan) {
    if (!present.has(name))
      complain(`warning: there is no interface ${name} yet; it is guarded from the moment it appears`);
  }
}
