import { parseArgs } from 'node:util';
import { type BenchOptions, QUICK, THOROUGH } from './bench-options.ts';
import { benchFlows } from './flows/flows-bench.ts';
import { benchGateway } from './gateway/gateway-bench.ts';
import { benchPackets } from './packets/packets-bench.ts';
import { benchReplay } from './replay/replay-bench.ts';
import { machine } from './report/machine.ts';
import type { Sheet } from './report/sheet.ts';
import { table } from './report/table.ts';
import { writeResults } from './report/write-results.ts';
import { benchRules } from './rules/rules-bench.ts';

const BENCHES: ReadonlyMap<string, (options: BenchOptions) => Promise<readonly Sheet[]>> = new Map([
  ['gateway', benchGateway],
  ['replay', benchReplay],
  ['rules', benchRules],
  ['packets', benchPackets],
  ['flows', benchFlows],
]);

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { quick: { type: 'boolean', default: false }, rounds: { type: 'string' } },
  });
  const names = positionals.length > 0 ? positionals : [...BENCHES.keys()];
  const unknown = names.find((name) => !BENCHES.has(name));
  if (unknown !== undefined) {
    process.stderr.write(`There is no bench ${unknown}; there are ${[...BENCHES.keys()].join(', ')}.\n`);
    return 2;
  }
  const base = values.quick ? QUICK : THOROUGH;
  const options = { ...base, rounds: values.rounds === undefined ? base.rounds : Number(values.rounds) };
  const { processor, cores, kernel, node, load } = machine();
  process.stdout.write(`${processor}, ${cores} cores, Linux ${kernel}, Node ${node}, load ${load.join(' ')}\n\n`);
  const sheets: Sheet[] = [];
  for (const name of names) {
    for (const sheet of (await BENCHES.get(name)?.(options)) ?? []) {
      sheets.push(sheet);
      process.stdout.write(`${table(sheet)}\n`);
    }
  }
  process.stdout.write(`every value: ${writeResults(sheets)}\n`);
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
}
