import { remembering } from '../dissect/remembering.ts';
import { expressionSet } from './expression.ts';
import { inOrder, type Matching, merge, NO_RULE } from './matching.ts';
import { EMPTY_NAME, inFront, stateOf } from './name-hash.ts';
import type { NamePattern } from './name-pattern.ts';
import { ABSENT, NameTable } from './name-table.ts';

/**
 * How many different names' answers are remembered, twice over. A phone asks for a few hundred; a flood of made-up
 * names only ever pushes out as many.
 */
const REMEMBERED_NAMES = 4_096;

/**
 * Which of many rules name a host, as places in the rules' order. The cost hangs on the name's length, not on the
 * number of rules.
 */
export interface NameIndex {
  /** By host names and domains: a few reads of memory, and less for a name that was asked lately. */
  listed(name: string): Matching;
  /**
   * By expressions: all are read in one pass. They are compiled when they are asked for the first time, which takes
   * tens of milliseconds; so ask what is listed first.
   */
  expressed(name: string): Matching;
}

/** @param patterns every rule's patterns, in the rules' order. */
export function nameIndex(patterns: readonly (readonly NamePattern[])[]): NameIndex {
  const written = { exact: new Written(), below: new Written(), expression: new Written() };
  patterns.forEach((ofRule, rule) => {
    for (const pattern of ofRule) {
      written[pattern.kind].add(pattern.kind === 'expression' ? pattern.source : pattern.name, rule);
    }
  });
  return {
    listed: remembering(tableSearch(written.exact, written.below, patterns.length), REMEMBERED_NAMES),
    expressed: expressionSearch(written.expression),
  };
}

function expressionSearch({ texts, rules }: Written): (name: string) => Matching {
  if (texts.length === 0) return () => NO_RULE;
  const matching = expressionSet(texts);
  return remembering((name) => inOrder(matching(name).flatMap((one) => rules[one] ?? [])), REMEMBERED_NAMES);
}

/** What stands in the rules, and in which of them; in the rules' order. */
class Written {
  readonly texts: string[] = [];
  readonly rules: number[] = [];

  add(text: string, rule: number): void {
    this.texts.push(text);
    this.rules.push(rule);
  }
}

function tableSearch(names: Written, domains: Written, ruleCount: number): (name: string) => Matching {
  /** Of names that stand in several rules. In a table such a list is a number too, counted on from the rules' places. */
  const lists: number[][] = [];
  const tableOf = ({ texts, rules }: Written): NameTable =>
    new NameTable(texts, (nth, before) => {
      const rule = rules[nth] ?? 0;
      if (before === ABSENT || before === rule) return rule;
      const list = lists[before - ruleCount];
      if (list === undefined) return ruleCount + lists.push([before, rule]) - 1;
      if (list.at(-1) !== rule) list.push(rule);
      return before;
    });
  const exact = tableOf(names);
  const below = tableOf(domains);
  const matching = (found: number): Matching => {
    if (found < ruleCount) return found === ABSENT ? NO_RULE : found;
    return lists[found - ruleCount] ?? NO_RULE;
  };

  return (name) => {
    if (below.isEmpty) return matching(exact.find(name, 0, stateOf(name)));
    let found: Matching = NO_RULE;
    let state = EMPTY_NAME;
    for (let at = name.length - 1; at >= 0; at--) {
      const char = name.charCodeAt(at);
      if (char === DOT) found = merge(found, matching(below.find(name, at + 1, state)));
      state = inFront(state, char);
    }
    return merge(found, matching(exact.find(name, 0, state)));
  };
}

const DOT = 0x2e;
