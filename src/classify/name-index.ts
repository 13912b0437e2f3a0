import { expressionSet } from './expression.ts';
import type { NamePattern } from './name-pattern.ts';

/**
 * How many different names' answers are remembered, twice over. A phone asks for a few hundred; a flood of made-up
 * names only ever pushes out as many.
 */
const REMEMBERED_NAMES = 4_096;

/**
 * Which of many rules name a host. The cost hangs on the name's labels, not on the number of rules; the expressions
 * are read in one pass, and what was found is remembered.
 * @param patterns every rule's patterns, in the rules' order.
 * @returns the matching rules' places in that order, ascending.
 */
export function nameIndex(patterns: readonly (readonly NamePattern[])[]): (name: string) => readonly number[] {
  const exact = new Map<string, number[]>();
  const below = new Map<string, number[]>();
  const sources: string[] = [];
  const sourceRules: number[] = [];
  patterns.forEach((ofRule, rule) => {
    for (const pattern of ofRule) {
      if (pattern.kind === 'expression') {
        sources.push(pattern.source);
        sourceRules.push(rule);
      } else {
        enter(pattern.kind === 'exact' ? exact : below, pattern.name, rule);
      }
    }
  });
  const expressions = expressionSet(sources);

  const search = (name: string): readonly number[] => {
    let found = exact.get(name) ?? NONE;
    for (let dot = below.size === 0 ? -1 : name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) {
      found = merge(found, below.get(name.slice(dot + 1)) ?? NONE);
    }
    const matching = expressions(name);
    return matching.length === 0
      ? found
      : merge(
          found,
          matching.flatMap((one) => sourceRules[one] ?? []),
        );
  };
  // Tables answer faster than any memory of their answers; expressions do not.
  return sources.length === 0 ? search : remembering(search, REMEMBERED_NAMES);
}

const NONE: readonly number[] = [];

/** Rules come in their order, so each list stays ascending. */
function enter(table: Map<string, number[]>, name: string, rule: number): void {
  const rules = table.get(name);
  if (rules === undefined) table.set(name, [rule]);
  else if (rules.at(-1) !== rule) rules.push(rule);
}

/** Both in one, ascending, each rule once. */
function merge(some: readonly number[], more: readonly number[]): readonly number[] {
  if (more.length === 0) return some;
  return [...new Set([...some, ...more])].sort((a, b) => a - b);
}

/** Remembers the latest answers in two generations: when the young one is full it becomes the old one. */
export function remembering<T extends object>(ask: (name: string) => T, limit: number): (name: string) => T {
  let young = new Map<string, T>();
  let old = new Map<string, T>();
  return (name) => {
    const known = young.get(name);
    if (known !== undefined) return known;
    const answer = old.get(name) ?? ask(name);
    if (young.size >= limit) {
      old = young;
      young = new Map();
    }
    young.set(name, answer);
    return answer;
  };
}
