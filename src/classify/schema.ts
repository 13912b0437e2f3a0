import * as v from 'valibot';
import { didYouMean } from './did-you-mean.ts';
import { type Fault, isFault } from './fault.ts';
import type { Problem, Reading } from './problem.ts';
import type { YamlText } from './yaml-text.ts';

/** Message and advice travel through a schema's issue as one string. */
const BETWEEN = '\u0000';
const UNKNOWN_KEY = `${BETWEEN}unknown-key${BETWEEN}`;

export function complaint(message: string, advice = '', part = ''): string {
  return [message, advice, part].join(BETWEEN);
}

/** A mapping with these keys and no others; every unknown key is an issue of its own. */
export function mapping<const T extends v.ObjectEntries>(
  entries: T,
): v.GenericSchema<v.InferInput<v.ObjectSchema<T, undefined>>, v.InferOutput<v.ObjectSchema<T, undefined>>> {
  const known = Object.keys(entries);
  const notAMapping = complaint('a mapping belongs here', `write keys of: ${known.join(', ')}`);
  const object = v.objectWithRest(entries, v.never(UNKNOWN_KEY + known.join(BETWEEN)), (issue) =>
    issue.expected?.startsWith('"') === true
      ? complaint(`${issue.expected.slice(1, -1)}: is missing here`)
      : notAMapping,
  );
  // To valibot a list is an object with the keys 0, 1, …
  const nothing = v.never(notAMapping);
  return v.lazy((input) => (Array.isArray(input) ? nothing : object));
}

export function oneOf<const T extends readonly string[]>(choices: T) {
  return v.picklist(choices, ({ input }) =>
    complaint(`${shown(input)} is none of the choices`, didYouMean(String(input), choices)),
  );
}

export function text(what: string) {
  return v.pipe(
    v.string(complaint(`${what} belongs here`)),
    v.nonEmpty(complaint(`${what} belongs here, not an empty text`)),
  );
}

export function listOf<const T extends v.GenericSchema>(item: T, what: string) {
  return v.array(
    item,
    complaint(`a list of ${what} belongs here`, 'write each on a line of its own after "- ", or [between, brackets]'),
  );
}

/** Reads a piece with a parser that answers a value or a fault. */
export function parsed<I, O>(schema: v.GenericSchema<unknown, I>, parse: (input: I) => O | Fault) {
  return v.pipe(
    schema,
    v.rawTransform<I, O>(({ dataset, addIssue, NEVER }) => {
      const read = parse(dataset.value);
      if (!isFault(read)) return read;
      addIssue({ message: complaint(read.message, read.advice ?? '', read.part ?? '') });
      return NEVER;
    }),
  );
}

/** What a YAML file holds by this schema, and everything that is wrong with it. */
export function readBy<const T extends v.GenericSchema>(
  schema: T,
  yaml: YamlText,
  file: string,
): Reading<v.InferOutput<T>> {
  if (yaml.value === undefined) return { value: null, problems: yaml.problems };
  const result = v.safeParse(schema, yaml.value);
  const problems = [...yaml.problems, ...(result.issues ?? []).map((issue) => problemOf(issue, yaml, file))];
  const failed = problems.some(({ severity }) => severity === 'error');
  return { value: failed || !result.success ? null : result.output, problems: problems.sort(inFileOrder) };
}

export function inFileOrder(a: Problem, b: Problem): number {
  return (a.place?.line ?? 0) - (b.place?.line ?? 0) || (a.place?.column ?? 0) - (b.place?.column ?? 0);
}

function problemOf(issue: v.BaseIssue<unknown>, yaml: YamlText, file: string): Problem {
  const path = (issue.path ?? []).map(({ key }) => (typeof key === 'number' ? key : String(key)));
  if (issue.message.startsWith(UNKNOWN_KEY)) {
    const key = String(path.at(-1));
    const known = issue.message.slice(UNKNOWN_KEY.length).split(BETWEEN);
    const place = yaml.at(path, 'key');
    return { severity: 'error', file, place, message: `unknown key "${key}"`, advice: didYouMean(key, known) };
  }
  const [message = '', advice = '', part = ''] = issue.message.split(BETWEEN);
  const place = yaml.at(path, 'value', part === '' ? null : part);
  return { severity: 'error', file, place, message, advice: advice === '' ? null : advice };
}

export function shown(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  return typeof value === 'object' ? (Array.isArray(value) ? 'a list' : 'a mapping') : JSON.stringify(value);
}
