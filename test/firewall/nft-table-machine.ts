import { matchesNft, transportHeader } from './nft-machine.ts';

/** What connection tracking says of a packet's flow; the marks live as long as the flow. */
export interface Tracked {
  readonly state: 'new' | 'established' | 'related';
  readonly direction: 'original' | 'reply';
  mark: number;
  secmark: number;
}

export interface TravellingPacket {
  readonly bytes: Uint8Array;
  /** Its own number where it is known by a rule's `l4proto`: 1 ICMP, 6 TCP, 17 UDP, 58 ICMPv6. */
  readonly protocol: number;
  /** Null: invalid or untracked. */
  readonly flow: Tracked | null;
  readonly from: string;
  readonly to: string;
  /** No way leads back to its sender by the interface it came from. */
  readonly isAstray: boolean;
  mark: number;
  priority: number;
}

export type End = 'passes' | 'dropped' | 'refused' | 'queued';

const PROTOCOLS: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, 'ipv6-icmp': 58 };

/** The rules of every chain of a table, by its name. */
export function chainsOf(text: string): ReadonlyMap<string, readonly string[]> {
  const chains = [...text.matchAll(/^\tchain (\w+) \{\n((?:\t\t.*\n)*)\t\}$/gm)];
  return new Map(
    chains.map(([, name = '', body = '']) => [
      name,
      body.split('\n').filter((line) => line !== '' && !line.startsWith('\t\ttype filter hook ')),
    ]),
  );
}

/** A table of nft of the kind we make, read and carried out statement by statement. A slow stand-in for the kernel. */
export class NftTableMachine {
  readonly #chains: ReadonlyMap<string, readonly string[]>;
  readonly #base: string;
  readonly #ports: readonly (readonly [number, number])[];

  constructor(text: string) {
    const base = [...text.matchAll(/^\tchain (\w+) \{\n\t\ttype filter hook forward /gm)];
    if (base.length !== 1) throw new Error(`${base.length} chains see every packet`);
    this.#base = base[0]?.[1] ?? '';
    this.#chains = chainsOf(text);
    const elements = /elements = \{ (.*) \}/.exec(text)?.[1]?.split(', ') ?? [];
    this.#ports = elements.map((range) => {
      const [from = 0, to = from] = range.split('-').map(Number);
      return [from, to] as const;
    });
  }

  /** @throws Error where a rule cannot be read. */
  run(packet: TravellingPacket): End {
    let chain = this.#base;
    for (let steps = 0; steps < 50; steps += 1) {
      const next = this.#runChain(chain, packet);
      if (typeof next === 'string') return next;
      chain = next.chain;
    }
    throw new Error('the rules go round in circles');
  }

  #runChain(name: string, packet: TravellingPacket): End | { readonly chain: string } {
    const rules = this.#chains.get(name);
    if (rules === undefined) throw new Error(`there is no chain ${name}`);
    for (const rule of rules) {
      const end = this.#runRule(rule.trim().replace(/ ?comment "[^"]*"$/, ''), packet);
      if (end !== null) return end;
    }
    return 'passes';
  }

  /** Null: on to the next rule. */
  #runRule(rule: string, packet: TravellingPacket): End | { readonly chain: string } | null {
    let rest = rule;
    while (rest !== '') {
      const found = STATEMENTS.map(([pattern, act]) => ({ found: pattern.exec(rest), act })).find((each) => each.found);
      if (!found?.found) throw new Error(`cannot read "${rest}" in "${rule}"`);
      const [text, ...words] = found.found;
      const outcome = found.act(packet, words, this.#ports, text);
      if (outcome === false) return null;
      if (outcome !== true) return outcome;
      rest = rest.slice(text.length).trimStart();
    }
    return null;
  }
}

type Ports = readonly (readonly [number, number])[];
/** False: the condition is not met. True: go on. Anything else ends the chain. */
type Act = (
  packet: TravellingPacket,
  words: readonly (string | undefined)[],
  ports: Ports,
  text: string,
) => boolean | End | { readonly chain: string };

const compare = (left: number, operator: string | undefined, right: string | undefined) =>
  (left >>> 0 === Number(right)) === (operator !== '!=');

const names = (list: string | undefined) => [...(list ?? '').matchAll(/"([^"]*)"/g)].map(([, name]) => name);

const STATEMENTS: readonly (readonly [RegExp, Act])[] = [
  [
    /^ct state (!= )?([\w,]+)/,
    ({ flow }, [not, states]) => (states ?? '').split(',').includes(flow?.state ?? 'invalid') === (not === undefined),
  ],
  [/^ct direction (\w+)/, ({ flow }, [direction]) => flow?.direction === direction],
  [
    /^ct mark & (0x\w+) ([!=]=) (\w+)/,
    ({ flow }, [mask, operator, value]) => flow !== null && compare(flow.mark & Number(mask), operator, value),
  ],
  [
    /^meta mark & (0x\w+) ([!=]=) (\w+)/,
    ({ mark }, [mask, operator, value]) => compare(mark & Number(mask), operator, value),
  ],
  [/^meta priority (0x\w+)/, ({ priority }, [value]) => priority === Number(value)],
  [
    /^meta l4proto (?:\{ ([^}]*) \}|(\w+))/,
    ({ protocol }, [several, one]) => (several ?? one ?? '').split(', ').some((name) => PROTOCOLS[name] === protocol),
  ],
  [
    /^(iifname|oifname) (!= )?(\{[^}]*\}|"[^"]*")/,
    ({ from, to }, [side, not, list]) => names(list).includes(side === 'iifname' ? from : to) === (not === undefined),
  ],
  [
    /^(tcp|th) dport @chat_ports/,
    ({ protocol, bytes }, [layer], ports) => {
      const transportAt = transportHeader(bytes);
      if (transportAt === null) return false;
      const port = Buffer.from(bytes).readUInt16BE(transportAt + 2);
      return (layer === 'th' || protocol === 6) && ports.some(([first, last]) => port >= first && port <= last);
    },
  ],
  [/^fib saddr \. iif oif missing/, ({ isAstray }) => isAstray],
  [
    /^ct mark set ct mark & (0x\w+) \| (0x\w+)/,
    ({ flow }, [mask, bits]) => {
      if (flow === null) return false;
      flow.mark = ((flow.mark & Number(mask)) | Number(bits)) >>> 0;
      return true;
    },
  ],
  [
    /^meta mark set meta mark (?:& (0x\w+) )?\| (0x\w+)/,
    (packet, [mask, bits]) => {
      packet.mark = ((packet.mark & Number(mask ?? 0xffffffff)) | Number(bits)) >>> 0;
      return true;
    },
  ],
  [
    /^ct secmark set @th,64,32/,
    ({ flow, bytes }) => {
      const transportAt = transportHeader(bytes);
      if (flow === null || transportAt === null) return false;
      flow.secmark = Buffer.from(bytes).readUInt32LE(transportAt + 8);
      return true;
    },
  ],
  [
    /^meta priority set ct secmark/,
    (packet) => {
      if (packet.flow === null) return false;
      packet.priority = packet.flow.secmark;
      return true;
    },
  ],
  [
    /^meta priority set 0/,
    (packet) => {
      packet.priority = 0;
      return true;
    },
  ],
  [/^flow add @\w+/, () => true],
  // Packets come one by one, so that there are never too many.
  [/^limit rate \d+\/second burst \d+ packets/, () => true],
  [/^goto (\w+)/, (_, [chain = '']) => ({ chain })],
  [/^return/, () => 'passes'],
  [/^drop/, () => 'dropped'],
  [/^reject with [\w -]+/, () => 'refused'],
  [/^queue num \S+( bypass)?/, () => 'queued'],
  [
    /^@(?:nh|th),\d+,\d+(?: & 0x[0-9a-f]+)?(?: (?:[!=]=|>))? (?:0x[0-9a-f]+|\d+)/,
    ({ bytes }, _, __, text) => matchesNft(text, bytes),
  ],
];
