import { readdirSync, readFileSync } from 'node:fs';
import type { Pack } from '../../src/classify/pack.ts';
import { parsePacks } from '../../src/classify/pack-file.ts';
import { formatProblem } from '../../src/classify/problem.ts';

const RULES = new URL('../../rules/', import.meta.url);

/** The packs as they are shipped, read from `rules/`. */
export function shippedPacks(): readonly Pack[] {
  return readdirSync(RULES)
    .filter((file) => file.endsWith('.yaml') && file !== 'chatgate.yaml')
    .flatMap((file) => {
      const { value, problems } = parsePacks(readFileSync(new URL(file, RULES), 'utf8'), `rules/${file}`);
      if (value === null) throw new Error(problems.map(formatProblem).join(''));
      return value;
    });
}

export function shippedPolicy(): string {
  return readFileSync(new URL('chatgate.yaml', RULES), 'utf8');
}
