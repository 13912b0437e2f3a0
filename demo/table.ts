import pc from 'picocolors';
import { FAMILIES, type Family } from '../test/gateway/rig/addresses.ts';
import type { Scenario } from '../test/gateway/rig/scenarios.ts';

export interface Row {
  readonly scenario: Scenario;
  readonly worked: ReadonlyMap<Family, boolean>;
}

const WORDS = { true: 'passes', false: 'stopped' } as const;
const COLUMN = 9;

/** Whether the gateway did what it should in every family. */
export function isRight({ scenario, worked }: Row): boolean {
  return [...worked.values()].every((passed) => passed === (scenario.expected === 'allow'));
}

/** One line a scenario: what was expected, what came of it over IPv4 and IPv6. */
export function table(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(({ scenario }) => scenario.name.length));
  const head = ['expected', ...FAMILIES].map((title) => title.padEnd(COLUMN)).join('');
  const lines = rows.map((row) => {
    const expected = row.scenario.expected === 'allow';
    const cells = FAMILIES.map((family) => {
      const passed = row.worked.get(family) === true;
      const word = WORDS[`${passed}`].padEnd(COLUMN);
      return passed === expected ? word : pc.red(word);
    });
    const sign = isRight(row) ? pc.green('✓') : pc.red('✗');
    return `${sign} ${row.scenario.name.padEnd(width)}  ${WORDS[`${expected}`].padEnd(COLUMN)}${cells.join('')}`;
  });
  return `${pc.bold(`  ${' '.repeat(width)}  ${head}`)}\n${lines.join('\n')}\n`;
}
