import { compileRules } from '../../../src/classify/compile.ts';
import type { Policy } from '../../../src/classify/policy.ts';
import { rulesInForce } from '../../../src/classify/rules-in-force.ts';
import { parseSettings, type Settings } from '../../../src/classify/settings.ts';
import { tcp, tls } from '../../classify/flows.ts';
import type { BenchOptions } from '../bench-options.ts';
import { Sheet } from '../report/sheet.ts';

const SIZES = [10, 1_000, 100_000] as const;
const NAMES = 4_096;
const DECISIONS = 409_600;
/** A turn takes a tenth of a second. */
const TURNS_A_ROUND = 6;
const WARM_UP = 5;

export async function benchRules(options: BenchOptions): Promise<readonly Sheet[]> {
  const cost = 'cost of a decision';
  const sheet = new Sheet('rules: half of the names asked about are on the list, half are not', [
    { name: 'decisions', unit: '1/s', reference: titleOf(10) },
    {
      name: cost,
      unit: 'ns',
      reference: titleOf(10),
      goal: { contestant: titleOf(100_000), of: 'ratio', bound: 'at most', limit: 1.3 },
    },
    { name: 'compiling the list', unit: 'ms', reference: titleOf(10) },
  ]);
  const settings = SIZES.map(settingsOf);
  const policies = SIZES.map((hosts, i) => {
    const begun = performance.now();
    const policy = compileRules(rulesInForce(settings[i] ?? { allow: [] }, []));
    sheet.add('compiling the list', titleOf(hosts), performance.now() - begun);
    return policy;
  });
  for (let round = -WARM_UP; round < options.rounds * TURNS_A_ROUND; round += 1) {
    SIZES.forEach((hosts, i) => {
      const policy = policies[i];
      const ms = policy === undefined ? Number.NaN : decide(policy, hosts);
      if (round < 0) return;
      sheet.add('decisions', titleOf(hosts), (DECISIONS / ms) * 1000);
      sheet.add(cost, titleOf(hosts), (ms / DECISIONS) * 1e6);
    });
  }
  return [sheet];
}

function titleOf(hosts: number): string {
  return `${hosts.toLocaleString('en')} hosts`;
}

/** @returns milliseconds. */
function decide(policy: Policy, hosts: number): number {
  const names = Array.from({ length: NAMES }, (_, i) =>
    Buffer.from(i % 2 === 0 ? `host-${Math.floor((i / NAMES) * hosts)}.example.cn` : `no-${i}.example.cn`),
  );
  const to = tcp(443);
  let allowed = 0;
  const begun = performance.now();
  for (let i = 0; i < DECISIONS; i += 1) {
    // As from a packet: a string nobody has looked up before.
    const name = names[i % NAMES]?.toString('latin1') ?? '';
    if (policy.decide(tls(name), to).action === 'allow') allowed += 1;
  }
  const ms = performance.now() - begun;
  if (allowed !== DECISIONS / 2) throw new Error(`${allowed} of ${DECISIONS} allowed`);
  return ms;
}

/** Written out, a hundred thousand hosts take seconds to parse; here only one is. */
function settingsOf(hosts: number): Pick<Settings, 'allow'> {
  const { value } = parseSettings('allow: [{ host: example.cn }]', 'bench', []);
  const [pattern] = value?.allow ?? [];
  if (pattern?.kind !== 'name') throw new Error('a host is no longer a name');
  const names = Array.from({ length: hosts }, (_, i) => `host-${i}.example.cn`);
  return { allow: names.map((name) => ({ ...pattern, written: name, name: { kind: 'exact' as const, name } })) };
}
