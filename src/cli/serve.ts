import { availableParallelism } from 'node:os';
import { Gateway } from '../daemon/gateway.ts';
import type { WorkerPool } from '../daemon/worker-pool.ts';
import { thisHost } from '../firewall/host.ts';
import { LogWriter } from '../log/writer.ts';
import { listInterfaces } from '../system/interface-names.ts';
import { sdNotify } from '../system/sd-notify.ts';
import { complain } from './complain.ts';
import { loadGatewayPolicy } from './gateway-policy.ts';

/** Is the gateway until a signal says stop. Returns the exit status. */
export async function serve(config: string | undefined, pool: WorkerPool): Promise<number> {
  const policy = loadGatewayPolicy(config);
  if (policy === null) return 2;
  const { settings, packs, tcpPorts } = policy;
  if (settings.lan.length === 0) {
    complain('no interface to guard: write the one the phones are on into the policy file, e.g. lan: [wlan0]');
    return 2;
  }
  warnAbout(settings.lan);
  const log = new LogWriter(settings.log);
  const stop = new AbortController();
  const stopWith = (status: number) => stop.abort(status);
  const stopped = new Promise((resolve) => stop.signal.addEventListener('abort', resolve));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopWith(0));
  process.on('SIGHUP', () => log.reopen());
  let gateway: Gateway | null = null;
  // From here on: who asks a process that does not listen for it ends it.
  process.on('SIGUSR2', () => complain(gateway === null ? 'not ready yet' : summary(gateway, log)));
  try {
    gateway = await Gateway.start({
      settings,
      packs,
      tcpPorts,
      pool,
      stop: stop.signal,
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
    await stopped;
    sdNotify('STOPPING=1');
    await gateway.stop();
    await log.close();
    complain(`stopped: ${summary(gateway, log)}; ${RULES_THEN[settings.whenDown]}`);
    return Number(stop.signal.reason);
  } catch (error) {
    const isStopped = error === stop.signal.reason;
    complain(isStopped ? 'stopped before any rules were put in place' : error);
    return isStopped ? Number(error) : 1;
  } finally {
    await log.close();
  }
}

function readyLine({ backendName, queues }: Gateway, lan: readonly string[]): string {
  const last = queues.first + queues.count - 1;
  const numbers = queues.count === 1 ? `${queues.first}` : `${queues.first}-${last}`;
  return `ready: backend ${backendName}, queues ${numbers}, interfaces ${lan.join(', ')}`;
}

function summary(gateway: Gateway, log: LogWriter): string {
  const lost = log.linesLost === 0 ? '' : `, log lines lost ${log.linesLost}`;
  return `${gateway.summary()}, log lines ${log.linesWritten}${lost}`;
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
