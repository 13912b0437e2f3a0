import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { startDaemon } from '../../gateway/rig/daemon.ts';
import { ipIn, runIn } from '../../gateway/rig/namespaces.ts';
import { missingForGateway } from '../../gateway/rig/requirements.ts';
import { runToEnd } from '../../gateway/rig/run-to-end.ts';
import type { BenchOptions } from '../bench-options.ts';
import { chatgate } from '../gateway/chatgate.ts';
import { type Contestant, unfiltered } from '../gateway/contestant.ts';
import { CLIENT, HTTP_NAME, makeNetwork, type Network, SERVER } from '../gateway/network.ts';
import { peakResidentMb } from '../gateway/process-usage.ts';
import { startWebServer } from '../gateway/web-server.ts';
import { isInstalled } from '../installed.ts';
import { quantile } from '../report/median.ts';
import { Sheet } from '../report/sheet.ts';
import { HAND_MADE_MARK } from './raw-ip.ts';

const KINDS = ['no flood', 'syn', 'half-hello'] as const;
const TARGET = '198.19.0.3';
const FLOOD_SOURCES = '198.18.128.0/17';
const TARGET_SEQUENCE = 5_000;
const FLOOD_SECONDS = 20;
const QUICK_FLOOD_SECONDS = 5;
/** The flood is at full speed before and after those who are honest try. */
const MARGIN_SECONDS = 1;

const HonestSchema = v.object({ tried: v.number(), tookMs: v.array(v.number()) });

export async function benchFlood(options: BenchOptions): Promise<Sheet> {
  const sheet = new Sheet('flows: honest connections beside a flood from one core', [
    ...KINDS.map((kind) => ({
      name: `honest connections that succeed, ${kind}`,
      unit: '%',
      reference: unfiltered.name,
      goal: { contestant: chatgate.name, of: 'value' as const, bound: 'at least' as const, limit: 99 },
    })),
    ...KINDS.map((kind) => ({ name: `until answered p50, ${kind}`, unit: 'ms', reference: unfiltered.name })),
    ...KINDS.map((kind) => ({ name: `until answered p99, ${kind}`, unit: 'ms', reference: unfiltered.name })),
    ...KINDS.map((kind) => ({ name: `packets of the flood, ${kind}`, unit: '1/s', reference: unfiltered.name })),
    ...KINDS.map((kind) => ({ name: `resident memory, ${kind}`, unit: 'MB' })),
  ]);
  const missing = missingForGateway() ?? ['nginx', 'conntrack'].find((tool) => !isInstalled(tool));
  if (missing !== undefined) {
    sheet.note(`skipped: ${missing} is needed`);
    return sheet;
  }
  const network = makeNetwork();
  try {
    await startWebServer(network, 1);
    prepareFlood(network);
    await startDaemon(
      network.server,
      process.execPath,
      [script('responder-main.js'), TARGET, `${TARGET_SEQUENCE}`],
      /^ready$/m,
    );
    const seconds = options.quick ? QUICK_FLOOD_SECONDS : FLOOD_SECONDS;
    for (const kind of KINDS) {
      for (const contestant of [unfiltered, chatgate]) await flood(sheet, network, contestant, kind, seconds);
    }
  } finally {
    network.remove();
  }
  return sheet;
}

function prepareFlood({ client, router, server }: Network): void {
  ipIn(router, [`route add ${FLOOD_SOURCES} via ${CLIENT}`]);
  ipIn(server, [`address add ${TARGET}/24 dev eth0`]);
  // The server's kernel knows nothing of hand-made connections and would reset them; the client's would report them.
  const reset = ['-p', 'tcp', '--sport', '443', '-s', TARGET, '-m', 'mark', '!', '--mark', String(HAND_MADE_MARK)];
  runIn(server, 'iptables', ['-w', '-A', 'OUTPUT', ...reset, '-j', 'DROP']);
  runIn(client, 'iptables', ['-w', '-A', 'OUTPUT', '-p', 'icmp', '-j', 'DROP']);
}

async function flood(
  sheet: Sheet,
  network: Network,
  contestant: Contestant,
  kind: (typeof KINDS)[number],
  seconds: number,
): Promise<void> {
  network.forgetConnections();
  const running = await contestant.start(network);
  try {
    const node = async (name: string, ...args: readonly string[]) =>
      (await runToEnd(network.client, process.execPath, [script(name), ...args])).output;
    const [honest, peakMb] = await peakResidentMb(running.pids, async () => {
      const flooding =
        kind === 'no flood'
          ? Promise.resolve('0')
          : node('flood-main.js', kind, TARGET, `${TARGET_SEQUENCE}`, `${seconds + 2 * MARGIN_SECONDS}`);
      await new Promise((resolve) => setTimeout(resolve, MARGIN_SECONDS * 1000));
      const text = await node('honest-main.js', SERVER, HTTP_NAME, `${seconds}`);
      const sent = Number(await flooding);
      sheet.add(`packets of the flood, ${kind}`, contestant.name, sent / (seconds + 2 * MARGIN_SECONDS));
      return v.parse(HonestSchema, JSON.parse(text));
    });
    sheet.add(`honest connections that succeed, ${kind}`, contestant.name, (honest.tookMs.length / honest.tried) * 100);
    sheet.add(`until answered p50, ${kind}`, contestant.name, quantile(honest.tookMs, 0.5));
    sheet.add(`until answered p99, ${kind}`, contestant.name, quantile(honest.tookMs, 0.99));
    if (running.pids.length > 0) sheet.add(`resident memory, ${kind}`, contestant.name, peakMb);
  } finally {
    await running.stop();
  }
}

function script(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
