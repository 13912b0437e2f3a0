import { parseArgs } from 'node:util';
import { Coverage } from './coverage.ts';
import { seeded } from './random.ts';
import { TARGETS, type Target } from './targets.ts';

/** Rooms whose coverage is told. */
const ROOMS = ['/src/dissect/', '/src/flow/', '/src/judge/'] as const;
/** Cases of one target before it is the next one's turn. */
const ROUND = 50;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    target: { type: 'string' },
    case: { type: 'string' },
    uncovered: { type: 'boolean', default: false },
  },
});

const targets = TARGETS.filter(({ name }) => values.target === undefined || name === values.target);
if (targets.length === 0) {
  say(`no such target: ${values.target}. There are: ${TARGETS.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
const only = values.case;
if (only === undefined) await fuzz(Number(values.seed), Number(values.seconds));
else for (const target of targets) runCase(target, Number(values.seed), Number(only));

async function fuzz(seed: number, seconds: number): Promise<void> {
  const coverage = await Coverage.start();
  const until = performance.now() + seconds * 1000;
  const cases = new Map<string, number>();
  say(`seed ${seed}, ${seconds} s, ${targets.length} targets`);
  for (let round = 0; performance.now() < until; round += 1) {
    for (const target of targets) {
      for (let i = 0; i < ROUND; i += 1) runCase(target, seed, round * ROUND + i);
      cases.set(target.name, (round + 1) * ROUND);
    }
  }
  for (const [name, count] of cases) say(`${count.toString().padStart(9)} cases  ${name}`);
  await tell(coverage);
}

/** Each case has a random source of its own, so that it can be run again alone. */
function runCase(target: Target, seed: number, index: number): void {
  const made = target.make(seeded((Math.imul(seed, 0x9e3779b1) + index) >>> 0));
  try {
    made.check();
  } catch (error) {
    say(`${target.name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    for (const bytes of made.input) say(`  ${Buffer.from(bytes).toString('hex')}`);
    say(`again: npm run fuzz -- --target '${target.name}' --seed ${seed} --case ${index}`);
    process.exit(1);
  }
}

async function tell(coverage: Coverage): Promise<void> {
  const files = await coverage.take(ROOMS);
  const totals = { lines: 0, linesRun: 0, blocks: 0, blocksRun: 0 };
  for (const { file, lines, linesRun, blocks, blocksRun, neverRun } of files) {
    totals.lines += lines;
    totals.linesRun += linesRun;
    totals.blocks += blocks;
    totals.blocksRun += blocksRun;
    say(`${percent(linesRun, lines)} of lines ${percent(blocksRun, blocks)} of blocks  ${file}`);
    if (values.uncovered) for (const line of neverRun) say(`      never run, ${line}`);
  }
  const { lines, linesRun, blocks, blocksRun } = totals;
  say(`${percent(linesRun, lines)} of lines ${percent(blocksRun, blocks)} of blocks  in all`);
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / Math.max(1, whole)).toFixed(1).padStart(5)} %`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
