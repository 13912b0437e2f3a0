import * as v from 'valibot';
import { parsePrefix } from './address-prefix.ts';
import { APP_PROTOCOLS, carries, isAppProtocol, mayBeNamed } from './app-protocol.ts';
import { expandBraces } from './brace-expansion.ts';
import { didYouMean } from './did-you-mean.ts';
import { type Fault, fault, isFault } from './fault.ts';
import { type NamePattern, parseExpression, parseHost } from './name-pattern.ts';
import { type Pack, packId } from './pack.ts';
import { parsePath } from './path-pattern.ts';
import { parsePorts } from './port-range.ts';
import type { Reading } from './problem.ts';
import { type Rule, ruleId } from './rule.ts';
import { complaint, listOf, mapping, parsed, readBy, text } from './schema.ts';
import { readYaml, type YamlText } from './yaml-text.ts';

const words = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, complaint('a name here is made of small letters, digits and -')),
);

const app = parsed(text('a protocol'), (written) =>
  isAppProtocol(written) ? written : fault(`"${written}" is no protocol`, didYouMean(written, APP_PROTOCOLS)),
);
const hosts = parsed(text('a host name'), (written): NamePattern[] | Fault => {
  const patterns: NamePattern[] = [];
  for (const name of expandBraces(written)) {
    const pattern = parseHost(name);
    if (isFault(pattern)) return pattern;
    patterns.push(pattern);
  }
  return patterns;
});
const ports = parsed(v.union([v.string(), v.number()], complaint('a port belongs here')), parsePorts);
const path = parsed(
  text('a path'),
  (written) => parsePath(written) ?? fault(`"${written}" is not a path`, 'write /all/of/it or /its/beginning*'),
);

const rule = parsed(
  mapping({
    apps: v.pipe(listOf(app, 'protocols'), v.minLength(1, complaint('name at least one protocol'))),
    hosts: v.optional(listOf(hosts, 'host names'), []),
    expressions: v.optional(listOf(parsed(text('an expression'), parseExpression), 'expressions'), []),
    ports: v.pipe(listOf(ports, 'ports'), v.minLength(1, complaint('name at least one port'))),
    addresses: v.optional(listOf(parsed(text('an address'), parsePrefix), 'addresses'), []),
    paths: v.optional(listOf(path, 'paths'), []),
    'known-from': text('where this is known from'),
  }),
  (read) => consistent({ ...read, names: [...read.hosts.flat(), ...read.expressions] }),
);

const file = mapping({
  service: words,
  packs: v.record(
    words,
    mapping({
      about: text('a sentence'),
      default: v.boolean(complaint('true or false belongs here')),
      rules: v.record(words, rule, complaint('a mapping of rules belongs here')),
    }),
    complaint('a mapping of packs belongs here'),
  ),
});

type Draft = Omit<Rule, 'id' | 'file' | 'line' | 'knownFrom' | 'apps'> & {
  readonly apps: Exclude<Rule['apps'], 'any'>;
  readonly 'known-from': string;
};

/** A rule that could never match is a mistake. */
function consistent(draft: Draft): Draft | Fault {
  const { apps, names, paths } = draft;
  const unnamed = apps.find((one) => names.length > 0 && !mayBeNamed(one));
  if (unnamed !== undefined)
    return fault(`${unnamed} says no name: with names this rule never matches it`, 'give it a rule without names');
  if (paths.length > 0 && apps.some((one) => one !== 'http'))
    return fault('only http has paths', 'give the other protocols a rule of their own');
  const stranded = apps.find(
    (one) => !draft.ports.some(({ transport }) => transport === null || carries(transport, one)),
  );
  return stranded === undefined
    ? draft
    : fault(`none of the ports is one ${stranded} could use`, 'leave out tcp/ and udp/, or name the other');
}

/** Reads a file of packs. @param name the file's name, as problems name it. */
export function parsePacks(content: string, name: string): Reading<readonly Pack[]> {
  const yaml = readYaml(content, name);
  const { value, problems } = readBy(file, yaml, name);
  if (value === null) return { value: null, problems };
  const packs = Object.entries(value.packs).map(([pack, { about, default: byDefault, rules }]): Pack => {
    const id = packId({ service: value.service, name: pack });
    return {
      service: value.service,
      name: pack,
      about,
      byDefault,
      rules: Object.entries(rules).map(toRule(id, pack, name, yaml)),
      file: name,
    };
  });
  return { value: packs, problems };
}

function toRule(id: string, pack: string, file: string, yaml: YamlText) {
  return ([name, { apps, names, ports, addresses, paths, 'known-from': knownFrom }]: [string, Draft]): Rule => ({
    id: ruleId(`${id}/${name}`),
    apps,
    names,
    ports,
    addresses,
    paths,
    knownFrom,
    file,
    line: yaml.at(['packs', pack, 'rules', name], 'key').line,
  });
}
