import { createRequire } from 'node:module';
import { type Fault, fault } from './fault.ts';

/** Longer than any list of names a person writes as one expression; keeps one entry from swallowing all memory. */
const LONGEST_EXPRESSION = 4_096;

/** Null where `source` is an expression that RE2 can match in time proportional to the name's length. */
export function checkExpression(source: string): Fault | null {
  if (source.length === 0) return fault('the expression is empty and would match every name', 'name what is allowed');
  if (source.length > LONGEST_EXPRESSION) {
    return fault(`the expression is longer than ${LONGEST_EXPRESSION} characters`, 'list plain names as host: entries');
  }
  const { RE2JS, RE2JSSyntaxException } = re2();
  try {
    // Names are lower case; an expression need not be.
    RE2JS.compile(source, RE2JS.CASE_INSENSITIVE);
    return null;
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    const part = error.input === null || error.input === '' ? null : error.input;
    return fault(`the expression cannot be used: ${error.error}`, adviceFor(part ?? ''), part);
  }
}

function adviceFor(part: string): string | null {
  if (/^\(\?<?[=!]/.test(part))
    return 'RE2 has no lookahead or lookbehind: it could not promise to answer in time; list the names instead';
  if (/^\\[1-9]/.test(part))
    return 'RE2 has no backreferences: it could not promise to answer in time; list the names instead';
  return 'the syntax is that of RE2: https://github.com/google/re2/wiki/Syntax';
}

/** Which of many expressions match a name: all of them in one pass over it. Compiled for the first name. */
export function expressionSet(sources: readonly string[]): (name: string) => readonly number[] {
  let set: ReturnType<typeof compiled> | null = null;
  return (name) => {
    set ??= compiled(sources);
    return set.match(name);
  };
}

function compiled(sources: readonly string[]) {
  const { RE2JS, RE2Set } = re2();
  const set = new RE2Set(RE2Set.UNANCHORED, RE2JS.CASE_INSENSITIVE);
  for (const source of sources) set.add(source);
  set.compile();
  return set;
}

/** Loaded when an expression is asked: it takes fifteen milliseconds and a megabyte. */
function re2(): typeof import('re2js') {
  return load('re2js');
}

const load = createRequire(import.meta.url);
