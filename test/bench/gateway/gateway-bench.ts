import { setTimeout as sleep } from 'node:timers/promises';
import { packetsQueued } from '../../gateway/rig/queue-counter.ts';
import { missingForGateway } from '../../gateway/rig/requirements.ts';
import type { BenchOptions } from '../bench-options.ts';
import { inTurn } from '../in-turn.ts';
import { isInstalled } from '../installed.ts';
import { Sheet } from '../report/sheet.ts';
import { acceptAll } from './accept-all.ts';
import { chatgate } from './chatgate.ts';
import { type Contestant, type Running, unfiltered } from './contestant.ts';
import { download } from './download.ts';
import { settingsAlone } from './kernel-settings.ts';
import { MEASURES } from './measures.ts';
import { anotherRouter, HTTP_NAME, makeNetwork, type Network } from './network.ts';
import { oneByOne } from './one-by-one.ts';
import { peakResidentMb, processorMs, residentMb } from './process-usage.ts';
import { startToFirstVerdictMs } from './start-time.ts';
import { suricata } from './suricata.ts';
import { BULK_FILE_BYTES, httpOf, SLICE_SECONDS, type Traffic, tlsOf } from './traffic.ts';
import { startWebServer } from './web-server.ts';
import { wrk } from './wrk.ts';

/** In this order unfiltered and chatgate come equally often behind what queues everything, which is good for a hundredth. */
const CONTESTANTS: readonly Contestant[] = [unfiltered, settingsAlone, chatgate, acceptAll, suricata];
const COUNTED_REQUESTS = 500;
const DOWNLOADS = 200;
const QUICK_DOWNLOADS = 10;
/** Twice what a start goes on working in the background and what it leaves behind takes to be given back. */
const SETTLE_MS = 3000;

/**
 * A contestant at its place, a router of its own between the client and the server of all; it is idle while others have
 * their turns.
 */
interface Stand {
  readonly name: string;
  readonly network: Network;
  readonly running: Running;
}

export async function benchGateway(options: BenchOptions): Promise<readonly Sheet[]> {
  const sheet = new Sheet('gateway: client – router – server, short connections, one request each', MEASURES);
  const missing = missingForGateway() ?? ['nginx', 'wrk', 'h2load', 'conntrack'].find((tool) => !isInstalled(tool));
  if (missing !== undefined) {
    sheet.note(`skipped: ${missing} is needed`);
    return [sheet];
  }
  const stands: Stand[] = [];
  const starting = await networkWithServer();
  const ends = await networkWithServer();
  // The file's first reading fetches it from nowhere, page by page.
  await download(ends, `http://${HTTP_NAME}/bulk`, BULK_FILE_BYTES);
  const kinds = [await httpOf(ends), await tlsOf(ends)];
  try {
    for (const contestant of CONTESTANTS) {
      const reason = contestant.missing();
      if (reason !== null) sheet.note(`${contestant.name} skipped: ${reason}`);
      else {
        const network = stands.length === 0 ? ends : anotherRouter(ends, stands.length);
        stands.push(await setUp(sheet, contestant, network));
      }
    }
    const slices = options.seconds / SLICE_SECONDS;
    for (let round = 0; round < options.rounds; round += 1) {
      for (const kind of kinds) await makeConnections(sheet, stands, kind, slices);
      for (const stand of inTurn(stands, round)) await makeSingleRequests(sheet, stand, options.seconds / 2);
      for (const kind of kinds) await downloadBulk(sheet, stands, kind, options.quick ? QUICK_DOWNLOADS : DOWNLOADS);
      const { readyMs, firstVerdictMs } = await startToFirstVerdictMs(starting);
      sheet.add('start to ready', chatgate.name, readyMs);
      sheet.add('start to first verdict', chatgate.name, firstVerdictMs);
    }
  } finally {
    for (const { running } of stands) await running.stop();
    for (const { network } of [...stands].reverse()) network.remove();
    starting.remove();
  }
  return [sheet];
}

async function networkWithServer(): Promise<Network> {
  const network = makeNetwork();
  await startWebServer(network, BULK_FILE_BYTES);
  return network;
}

async function setUp(sheet: Sheet, contestant: Contestant, network: Network): Promise<Stand> {
  const running = await contestant.start(network);
  await sleep(SETTLE_MS);
  if (running.pids.length > 0) sheet.add('resident memory idle', contestant.name, residentMb(running.pids));
  return { name: contestant.name, network, running };
}

async function makeConnections(
  sheet: Sheet,
  stands: readonly Stand[],
  { kind, url, connect }: Traffic,
  slices: number,
): Promise<void> {
  for (const { network } of stands) network.forgetConnections();
  for (let slice = 0; slice < slices; slice += 1) {
    for (const { name, network, running } of inTurn(stands, slice)) {
      const usedBefore = processorMs(running.pids);
      const [result, peakMb] = await peakResidentMb(running.pids, () => connect(network));
      if (result.errors !== '') sheet.note(`${name}, ${kind}: ${result.errors}`);
      sheet.add(`${kind} connections`, name, result.requestsPerSecond);
      if (running.pids.length === 0) continue;
      const usedMs = processorMs(running.pids) - usedBefore;
      sheet.add(`processor time, ${kind}`, name, (usedMs / result.requests) * 1000);
      if (kind === 'HTTP') sheet.add('resident memory under load', name, peakMb);
    }
  }
  for (const { name, network, running } of stands) {
    if (running.pids.length === 0) continue;
    const queuedBefore = packetsQueued(network.router);
    const flows = await oneByOne(network, `${url}/`, COUNTED_REQUESTS);
    sheet.add(`packets to user space, ${kind}`, name, (packetsQueued(network.router) - queuedBefore) / flows);
  }
}

async function makeSingleRequests(sheet: Sheet, { name, network }: Stand, seconds: number): Promise<void> {
  const single = await wrk(network, `http://${HTTP_NAME}/`, { connections: 1, seconds });
  sheet.add('latency p50', name, single.p50Ms);
  sheet.add('latency p99', name, single.p99Ms);
}

async function downloadBulk(
  sheet: Sheet,
  stands: readonly Stand[],
  { kind, url, bulkBytes }: Traffic,
  downloads: number,
): Promise<void> {
  for (let turn = 0; turn < downloads; turn += 1) {
    for (const { name, network } of inTurn(stands, turn)) {
      sheet.add(`bulk ${kind}`, name, (await download(network, `${url}/bulk`, bulkBytes)) / 1e6);
    }
  }
}
