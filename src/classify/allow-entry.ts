import * as v from 'valibot';
import { type AddressPrefix, parsePrefix } from './address-prefix.ts';
import { didYouMean } from './did-you-mean.ts';
import { type Fault, fault } from './fault.ts';
import { type NamePattern, parseExpression, parseHost } from './name-pattern.ts';
import { type Pack, packId } from './pack.ts';
import { knownPorts, type PortRange, parsePorts } from './port-range.ts';
import { complaint, listOf, mapping, parsed, shown, text } from './schema.ts';

/** One line of the owner's allowlist, as plain data. */
export type AllowEntry =
  | { readonly kind: 'packs'; readonly written: string; readonly packs: readonly string[]; readonly line: number }
  | {
      readonly kind: 'name';
      readonly written: string;
      readonly name: NamePattern;
      readonly ports: readonly PortRange[];
      readonly line: number;
    }
  | { readonly kind: 'port'; readonly written: string; readonly ports: readonly PortRange[]; readonly line: number }
  | {
      readonly kind: 'address';
      readonly written: string;
      readonly address: AddressPrefix;
      readonly ports: readonly PortRange[];
      readonly line: number;
    };

export type AllowKind = 'host' | 'regex' | 'port' | 'address';
const KINDS: readonly AllowKind[] = ['host', 'regex', 'port', 'address'];

/** Where a host is allowed when the owner names no ports. */
const WEB_PORTS = knownPorts(80, 443, 8080);
const EVERY_PORT = knownPorts('1-65535');

type Unplaced<T> = T extends unknown ? Omit<T, 'line'> : never;
/** An entry before it is known on which line it stands. */
export type WrittenEntry = Unplaced<AllowEntry>;

/** @param packs what the entries may name. */
export function allowList(packs: readonly Pack[]) {
  return listOf(
    v.lazy((input): v.GenericSchema<unknown, WrittenEntry> => {
      if (typeof input === 'string') return parsed(text('a pack'), (written) => findPacks(written, packs));
      return byKind(input) ?? notAnEntry(input);
    }),
    'packs, hosts, regexes, ports and addresses',
  );
}

/** `wechat/channels` is that pack, `wechat` every pack of the service that is meant by default. */
function findPacks(written: string, packs: readonly Pack[]): WrittenEntry | Fault {
  const found = packs.filter((pack) => packId(pack) === written || (pack.service === written && pack.byDefault));
  if (found.length > 0) return { kind: 'packs', written, packs: found.map(packId) };
  const names = [...new Set(packs.flatMap((pack) => [pack.service, packId(pack)]))];
  const host = written.includes('.') ? `; for a name write host: ${written}` : '';
  return fault(`there is no pack "${written}"`, didYouMean(written, names) + host);
}

const ports = v.optional(
  v.pipe(
    listOf(parsed(v.union([v.string(), v.number()], complaint('a port belongs here')), parsePorts), 'ports'),
    v.minLength(1, complaint('the list of ports is empty', 'leave it out for the usual ports')),
  ),
);

const ENTRIES: Readonly<Record<AllowKind, v.GenericSchema<unknown, WrittenEntry>>> = {
  host: v.pipe(
    mapping({ host: parsed(text('a host name'), (written) => named(written, parseHost(written))), ports }),
    v.transform(({ host, ports = WEB_PORTS }): WrittenEntry => ({ kind: 'name', ...host, ports })),
  ),
  regex: v.pipe(
    mapping({ regex: parsed(text('an expression'), (written) => named(written, parseExpression(written))), ports }),
    v.transform(({ regex, ports = WEB_PORTS }): WrittenEntry => ({ kind: 'name', ...regex, ports })),
  ),
  port: v.pipe(
    mapping({ port: parsed(v.union([v.string(), v.number()], complaint('a port belongs here')), openPort) }),
    v.transform(({ port }): WrittenEntry => port),
  ),
  address: v.pipe(
    mapping({ address: parsed(text('an address'), (written) => addressed(written, parsePrefix(written))), ports }),
    v.transform(({ address, ports = EVERY_PORT }): WrittenEntry => ({ kind: 'address', ...address, ports })),
  ),
};

function named(written: string, name: NamePattern | Fault) {
  return name.kind === 'fault' ? name : { written, name };
}

function addressed(written: string, address: AddressPrefix | Fault) {
  return 'kind' in address ? address : { written, address };
}

/** A port that names no transport is TCP. */
function openPort(written: string | number): WrittenEntry | Fault {
  const range = parsePorts(written);
  if ('kind' in range) return range;
  return { kind: 'port', written: String(written), ports: [{ ...range, transport: range.transport ?? 'tcp' }] };
}

function byKind(input: unknown): v.GenericSchema<unknown, WrittenEntry> | null {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return null;
  const present = KINDS.filter((kind) => Object.hasOwn(input, kind));
  const only = present.length === 1 ? present[0] : undefined;
  return only === undefined ? null : ENTRIES[only];
}

function notAnEntry(input: unknown): v.GenericSchema<unknown, WrittenEntry> {
  const keys = typeof input === 'object' && input !== null && !Array.isArray(input) ? Object.keys(input) : [];
  const present = keys.filter((key) => KINDS.some((kind) => kind === key));
  const advice =
    present.length > 1
      ? `make ${present.join(' and ')} entries of their own`
      : keys[0] !== undefined
        ? didYouMean(keys[0], KINDS)
        : 'write a pack (wechat), or host:, regex:, port: or address:';
  const what = keys.length > 0 ? `an entry with ${keys.join(' and ')}` : shown(input);
  return v.never(complaint(`${what} is nothing that can be allowed`, advice));
}
