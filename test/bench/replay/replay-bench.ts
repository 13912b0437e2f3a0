import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CHATGATE } from '../../gateway/rig/compiled.ts';
import type { BenchOptions } from '../bench-options.ts';
import { isInstalled } from '../installed.ts';
import { type Measure, Sheet } from '../report/sheet.ts';
import { type Exchange, HTTP_EXCHANGE } from './exchange.ts';
import { generateCapture } from './generate-capture.ts';
import { recordTls } from './record-tls.ts';

const FLOWS = 100_000;
const LIMIT_MS = 120_000;
const READ_ONLY = fileURLToPath(new URL('./read-only-main.js', import.meta.url));

interface Contestant {
  readonly name: string;
  readonly program: string;
  readonly args: (file: string) => readonly string[];
}

const CONTESTANTS: readonly Contestant[] = [
  { name: 'ndpiReader', program: 'ndpiReader', args: (file) => ['-q', '-n', '1', '-i', file] },
  { name: 'chatgate replay', program: process.execPath, args: (file) => [CHATGATE, 'replay', file] },
  { name: 'reading only', program: process.execPath, args: (file) => [READ_ONLY, file] },
  {
    name: 'tshark',
    program: 'tshark',
    args: (file) => [
      ...['-n', '-r', file, '-Y', 'http.request or tls.handshake.type == 1'],
      ...['-T', 'fields', '-e', 'http.host', '-e', 'tls.handshake.extensions_server_name'],
    ],
  },
];
/** It takes as long as all others together, again and again. */
const ONCE_ONLY = 'tshark';

const measure = (name: string): Measure => ({
  name,
  unit: 'packets/s',
  reference: 'ndpiReader',
  goal: { contestant: 'chatgate replay', of: 'ratio', bound: 'at least', limit: 1.2 },
});

export async function benchReplay(options: BenchOptions): Promise<readonly Sheet[]> {
  const exchanges: readonly Exchange[] = [HTTP_EXCHANGE, await recordTls('wx.qq.com')];
  const titles = new Map(exchanges.map(({ name }) => [name, `${name}, ${FLOWS.toLocaleString('en')} flows`]));
  const sheet = new Sheet('replay of a capture file, whole process', [...titles.values()].map(measure));
  const contestants = CONTESTANTS.filter(({ name, program }) => {
    if (isInstalled(program)) return true;
    sheet.note(`${name} skipped: not installed`);
    return false;
  });
  const folder = mkdtempSync(join(tmpdir(), 'chatgate-bench-'));
  try {
    for (const exchange of exchanges) {
      const file = join(folder, `${exchange.name}.pcap`);
      const packets = generateCapture(file, exchange, FLOWS);
      const title = titles.get(exchange.name) ?? exchange.name;
      sheet.note(`${title}: ${packets.toLocaleString('en')} packets`);
      for (let round = 0; round < options.rounds; round += 1) {
        for (const { name, program, args } of contestants) {
          if (name === ONCE_ONLY && (round > 0 || options.quick)) continue;
          sheet.add(title, name, packets / secondsOf(program, args(file)));
        }
      }
      rmSync(file);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return [sheet];
}

/** Wall-clock time of a whole process. @throws Error where it fails. */
function secondsOf(program: string, args: readonly string[]): number {
  const begun = performance.now();
  const { status, stderr } = spawnSync(program, args, { timeout: LIMIT_MS, maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: exit ${status}: ${stderr}`);
  return (performance.now() - begun) / 1000;
}
