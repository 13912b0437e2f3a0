import { setTimeout as sleep } from 'node:timers/promises';
import { missingForGateway } from '../../gateway/rig/requirements.ts';
import type { BenchOptions } from '../bench-options.ts';
import { isInstalled } from '../installed.ts';
import { median } from '../report/median.ts';
import { Sheet } from '../report/sheet.ts';
import { acceptAll } from './accept-all.ts';
import { chatgate } from './chatgate.ts';
import { type Contestant, unfiltered } from './contestant.ts';
import { download } from './download.ts';
import { MEASURES } from './measures.ts';
import { HTTP_NAME, makeNetwork, type Network, TLS_NAME } from './network.ts';
import { oneByOne } from './one-by-one.ts';
import { packetsQueued } from './packets-queued.ts';
import { peakResidentMb, processorMs, residentMb } from './process-usage.ts';
import { startToFirstVerdictMs } from './start-time.ts';
import { suricata } from './suricata.ts';
import { startWebServer } from './web-server.ts';
import { wrk } from './wrk.ts';

const CONTESTANTS: readonly Contestant[] = [unfiltered, chatgate, acceptAll, suricata];
const CONNECTIONS = 32;
const COUNTED_REQUESTS = 500;
const BULK_BYTES = 2 ** 30;
/** One takes half a second, in which much may happen. */
const DOWNLOADS = 3;
const QUICK_BULK_BYTES = 2 ** 28;
/** Twice what a start goes on working in the background and what it leaves behind takes to be given back. */
const SETTLE_MS = 1000;

export async function benchGateway(options: BenchOptions): Promise<readonly Sheet[]> {
  const sheet = new Sheet('gateway: client – router – server, short connections, one request each', MEASURES);
  const missing = missingForGateway() ?? ['nginx', 'wrk', 'conntrack'].find((tool) => !isInstalled(tool));
  if (missing !== undefined) {
    sheet.note(`skipped: ${missing} is needed`);
    return [sheet];
  }
  const contestants = CONTESTANTS.filter((contestant) => {
    const reason = contestant.missing();
    if (reason !== null) sheet.note(`${contestant.name} skipped: ${reason}`);
    return reason === null;
  });
  const network = makeNetwork();
  try {
    const bulkBytes = options.quick ? QUICK_BULK_BYTES : BULK_BYTES;
    await startWebServer(network, bulkBytes);
    // The file's first reading fetches it from nowhere, page by page.
    await download(network, `http://${HTTP_NAME}/bulk`, bulkBytes);
    for (let round = 0; round < options.rounds; round += 1) {
      // Back and forth, so that a machine that gets slower all the while favours nobody.
      for (const contestant of round % 2 === 0 ? contestants : contestants.toReversed()) {
        await takeTurn(sheet, network, contestant, { bulkBytes, seconds: options.seconds });
      }
      const { readyMs, firstVerdictMs } = await startToFirstVerdictMs(network);
      sheet.add('start to ready', chatgate.name, readyMs);
      sheet.add('start to first verdict', chatgate.name, firstVerdictMs);
    }
  } finally {
    network.remove();
  }
  return [sheet];
}

interface Turn {
  readonly bulkBytes: number;
  readonly seconds: number;
}

async function takeTurn(sheet: Sheet, network: Network, contestant: Contestant, turn: Turn): Promise<void> {
  const { name } = contestant;
  network.forgetConnections();
  const running = await contestant.start(network);
  try {
    await sleep(SETTLE_MS);
    if (running.pids.length > 0) sheet.add('resident memory idle', name, residentMb(running.pids));
    for (const [kind, url] of [
      ['HTTP', `http://${HTTP_NAME}/`],
      ['TLS 1.3', `https://${TLS_NAME}/`],
    ] as const) {
      const processorBefore = processorMs(running.pids);
      const work = wrk(network, url, { connections: CONNECTIONS, seconds: turn.seconds });
      const [result, peakMb] = await peakResidentMb(running.pids, work);
      if (result.errors !== '') sheet.note(`${name}, ${kind}: ${result.errors}`);
      sheet.add(`${kind} connections`, name, result.requestsPerSecond);
      if (running.pids.length === 0) continue;
      const usedMs = processorMs(running.pids) - processorBefore;
      sheet.add(`processor time, ${kind}`, name, (usedMs / result.requests) * 1000);
      if (kind === 'HTTP') sheet.add('resident memory under load', name, peakMb);
      const queuedBefore = packetsQueued(network);
      const flows = await oneByOne(network, url, COUNTED_REQUESTS);
      sheet.add(`packets to user space, ${kind}`, name, (packetsQueued(network) - queuedBefore) / flows);
    }
    const single = await wrk(network, `http://${HTTP_NAME}/`, { connections: 1, seconds: turn.seconds / 2 });
    sheet.add('latency p50', name, single.p50Ms);
    sheet.add('latency p99', name, single.p99Ms);
    sheet.add('bulk HTTP', name, await downloadMbps(network, `http://${HTTP_NAME}/bulk`, turn.bulkBytes));
    sheet.add('bulk TLS', name, await downloadMbps(network, `https://${TLS_NAME}/bulk`, turn.bulkBytes));
  } finally {
    await running.stop();
  }
}

/** In megabytes a second, of several one after another. */
async function downloadMbps(network: Network, url: string, bytes: number): Promise<number> {
  const speeds: number[] = [];
  for (let i = 0; i < DOWNLOADS; i += 1) speeds.push((await download(network, url, bytes)) / 1e6);
  return median(speeds);
}
