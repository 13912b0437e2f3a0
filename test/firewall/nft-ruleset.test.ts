import { describe, expect, test } from 'vitest';
import { askedState, asksAsReply, type MarkLayout, markLayout } from '../../src/firewall/mark.ts';
import { type NftPart, renderNftReplacement, renderNftTable } from '../../src/firewall/nft-ruleset.ts';
import { FlowState } from '../../src/judge/flow-state.ts';
import { matchesNft, rawConditions } from './nft-machine.ts';
import { BARE_IPV4, BARE_IPV6, ipv4Packet, ipv6Packet } from './packets.ts';
import { PLAN } from './plans.ts';

const PARTS: readonly NftPart[] = ['everything', 'all-but-queueing'];
const SYN = 0x02;

/** The rules of every chain, by its name. */
function chainsOf(text: string): ReadonlyMap<string, readonly string[]> {
  const chains = [...text.matchAll(/^\tchain (\w+) \{\n((?:\t\t.*\n)*)\t\}$/gm)];
  return new Map(
    chains.map(([, name = '', body = '']) => [
      name,
      body.split('\n').filter((line) => line !== '' && !line.startsWith('\t\ttype filter hook ')),
    ]),
  );
}

function rulesOf(text: string): readonly string[] {
  return [...chainsOf(text).values()].flat();
}

function chainOf(text: string, name: string): readonly string[] {
  const rules = chainsOf(text).get(name);
  if (rules === undefined) throw new Error(`there is no chain ${name}`);
  return rules;
}

describe.each(PARTS)('the plan as an nft table: %s', (part) => {
  test('says of every rule what it is for', () => {
    const rules = rulesOf(renderNftTable({ ...PLAN, onDrop: 'reset' }, part));
    expect(rules.length).toBeGreaterThan(60);
    for (const rule of rules) expect(rule).toMatch(/ comment "chatgate: [^"]+"$/);
  });

  test('takes the place of the one before it in the same transaction', () => {
    const lines = renderNftReplacement(PLAN, part).split('\n');
    expect(lines.slice(0, 3)).toEqual([
      'table inet chatgate {}',
      'delete table inet chatgate',
      'table inet chatgate {',
    ]);
    expect(lines.slice(2).join('\n')).toBe(renderNftTable(PLAN, part));
  });

  test('leads to chains of its own, and to each of them', () => {
    const text = renderNftTable(PLAN, part);
    const targets = rulesOf(text).flatMap((rule) => /\b(?:goto|jump) (\w+)/.exec(rule)?.[1] ?? []);
    expect(new Set([...targets, 'judge', 'enforce'])).toEqual(new Set(chainsOf(text).keys()));
  });

  test('accepts nothing: the owner’s own rules have the last word', () => {
    for (const rule of rulesOf(renderNftTable({ ...PLAN, whenDown: 'open' }, part))) {
      expect(rule).not.toMatch(/\baccept\b/);
    }
  });

  test('judges before iptables’ mangle table, and enforces after it', () => {
    const hooks = [...renderNftTable(PLAN, part).matchAll(/hook forward priority (.*); policy accept;/g)];
    expect(hooks.map(([, priority]) => priority)).toEqual(['mangle - 1', 'filter - 1']);
  });

  test.each([
    [['wlan0'], '"wlan0"'],
    [['wlan0', 'br-lan', 'eth0.10'], '{ "wlan0", "br-lan", "eth0.10" }'],
  ])('filters what comes from and goes to %j, and nothing else', (lanInterfaces, names) => {
    const text = renderNftTable({ ...PLAN, lanInterfaces }, part);
    const isEither = (rules: readonly string[]) => {
      expect(rules).toHaveLength(2);
      expect(rules[0]?.startsWith(`\t\tiifname ${names} goto `)).toBe(true);
      expect(rules[1]?.startsWith(`\t\toifname ${names} goto `)).toBe(true);
    };
    // What is let go on by here is not looked at any further, whoever it is from.
    const [settled, met, ...newcomers] = chainOf(text, 'judge');
    expect(settled).toMatch(/ return comment /);
    expect(met).toMatch(/^\t\tct mark & 0x07000000 != 0 goto known comment /);
    isEither(newcomers);
    const [unspoken, ...spoken] = chainOf(text, 'enforce');
    expect(unspoken).toMatch(/ return comment /);
    isEither(spoken);
    // A flow that was met on a lan interface is left alone where that is one no more.
    const known = chainOf(text, 'known');
    const elsewhere = known.findIndex((rule) =>
      rule.startsWith(`\t\tiifname != ${names} oifname != ${names} return comment `),
    );
    expect(elsewhere).toBeGreaterThan(0);
    expect(known.slice(0, elsewhere).filter((rule) => / goto (?!unusual)/.test(rule))).toEqual([]);
  });

  test('gives allowed flows the short cut between the interfaces named, and without any to none', () => {
    expect(renderNftTable(PLAN, part)).not.toContain('flowtable');
    expect(renderNftTable(PLAN, part)).not.toContain('flow add');
    const text = renderNftTable({ ...PLAN, offloadDevices: ['wlan0', 'eth0'] }, part);
    expect(text).toContain('devices = { "wlan0", "eth0" }');
    for (const side of ['iifname', 'oifname']) {
      const shortCut = `tcp, udp } ct mark & 0x07000000 == 0x04000000 ${side} "wlan0" flow add @allowed_flows comment`;
      expect(chainOf(text, 'enforce').filter((rule) => rule.includes(shortCut))).toHaveLength(1);
    }
  });

  test('never touches a bit outside the mask of either mark', () => {
    const text = renderNftTable({ ...PLAN, marks: markLayout(0x000000f0) }, part);
    const assignments = [...text.matchAll(/(meta|ct) mark set (.*?)(?: return| goto \w+)? comment/g)];
    expect(assignments).toHaveLength(text.split('mark set').length - 1);
    for (const [, mark, value] of assignments) {
      expect(value).toMatch(
        mark === 'ct'
          ? // Only a state: nothing that asks.
            /^ct mark & 0xffffff0f \| 0x000000[1-7]0$/
          : /^meta mark (& 0xffffff0f|\| 0x000000[0-9a-f]0)$/,
      );
    }
    const comparisons = [...text.matchAll(/mark & (0x\w+) [!=]= (\w+)/g)];
    expect(comparisons).toHaveLength(text.split(/mark & 0x\w+ [!=]/).length - 1);
    for (const [, mask, value] of comparisons) {
      expect(Number(mask)).toBeGreaterThan(0);
      expect((Number(mask) | Number(value)) & ~0xf0).toBe(0);
    }
  });

  test('lets a packet go on at once only where no bit of ours is on it', () => {
    const text = renderNftTable(PLAN, part);
    expect(chainOf(text, 'judge')[0]).toMatch(
      /^\t\tct mark & 0x07000000 == 0x04000000 ct state established meta mark & 0x0f000000 == 0 return comment/,
    );
    expect(chainOf(text, 'enforce')[0]).toMatch(/^\t\tmeta mark & 0x0f000000 == 0 return comment/);
    // Nothing is said of a packet that stage 1 refuses itself.
    expect(chainOf(text, 'known').join('\n')).toMatch(/^\t\tct mark & 0x07000000 == 0x05000000 goto refuse comment/m);
  });

  test('first of all takes away bits of ours that others have set', () => {
    const text = renderNftTable(PLAN, part);
    for (const name of ['known', 'from', 'to']) {
      expect(chainOf(text, name)[0]).toMatch(
        /^\t\tmeta mark & 0x0f000000 != 0 meta mark set meta mark & 0xf0ffffff comment/,
      );
    }
  });

  test('takes no answer from the phones’ side for a server’s, nor a beginning from outside for a phone’s', () => {
    const text = renderNftTable(PLAN, part);
    for (const [chain, direction] of [
      ['from', 'direction reply fib saddr . iif oif missing'],
      ['to', 'direction original'],
      ['known', 'direction reply iifname "wlan0" fib saddr . iif oif missing'],
      ['known', 'direction original iifname != "wlan0"'],
    ] as const) {
      const rules = chainOf(text, chain);
      const wrongWay = rules.findIndex((rule) => rule.startsWith(`\t\tct ${direction} goto inbound comment`));
      expect(wrongWay).toBeGreaterThan(0);
      const before = rules.slice(0, wrongWay);
      expect(before.filter((rule) => / goto (?!unusual|refuse|inbound)|ct mark set/.test(rule))).toEqual([]);
    }
  });

  test.each([0xf, 0x0f000000, 0xf0000000])(
    'has a packet ask with the state of its flow and its direction, in the bits of %i',
    (mask) => {
      const marks = markLayout(mask);
      const text = renderNftTable({ ...PLAN, marks }, part);
      for (const state of ['unknown', 'fresh', 'pending', 'followed'] as const) {
        for (const isReply of [false, true]) {
          // An answer within a followed flow never asks.
          if (isReply && state === 'followed') continue;
          const mark = markToAskWith(text, marks, FlowState[state], isReply);
          expect({ state: askedState(mark, marks), isReply: asksAsReply(mark, marks) }).toEqual({
            state: FlowState[state],
            isReply,
          });
          expect(mark & ~mask).toBe(0);
        }
      }
      const inbound = `\t\tmeta mark set meta mark | ${word(marks.inboundBits)} goto question comment`;
      expect(chainOf(text, 'inbound')).toEqual([expect.stringContaining(inbound)]);
      const asking = [...text.matchAll(/meta mark set meta mark \| (\w+) goto question/g)];
      expect(asking).toHaveLength(6);
      expect(text.split('goto question')).toHaveLength(7);
      for (const isReply of [false, true]) {
        const greeting = markToAskWith(text, marks, FlowState.greeting, isReply);
        expect(askedState(greeting, marks)).toBe(FlowState.pending);
        expect(asksAsReply(greeting, marks)).toBe(isReply);
      }
      for (const [, bits] of asking) expect((Number(bits) & marks.askedBit) >>> 0).toBe(marks.askedBit);
    },
  );

  test.each([
    ['closed', 'drop'],
    ['open', 'return'],
  ] as const)(
    'when down %s, what nobody has answered meets %s before anything is made of its mark',
    (whenDown, end) => {
      const text = renderNftTable({ ...PLAN, whenDown }, part);
      expect(chainOf(text, 'verdict')[0]).toMatch(new RegExp(`^\\t\\tmeta mark & 0x08000000 != 0 ${end} comment`));
      const toVerdict = chainOf(text, 'enforce').filter((rule) => rule.includes('goto verdict'));
      expect(toVerdict).toHaveLength(2);
    },
  );

  test('lists ports as ranges, and none where there are none', () => {
    expect(renderNftTable(PLAN, part)).toContain('elements = { 80, 443, 5222-5223, 8080 }');
    expect(renderNftTable({ ...PLAN, tcpPorts: [] }, part)).not.toMatch(/elements = \{ *\}/);
  });

  test('copies a server’s bare SYN-ACK to the group asked for, whatever the flow’s state, before it lets it go', () => {
    const text = renderNftTable({ ...PLAN, handshakeGroup: 4711 }, part);
    const copies = rulesOf(text).filter((rule) => rule.includes(' log group '));
    expect(copies).toHaveLength(1);
    expect(copies[0]).toContain(' ct direction reply log group 4711 ');
    expect(copies[0]).toMatch(/ snaplen \d+ queue-threshold 1 comment /);
    for (let flags = 0; flags < 256; flags += 1) {
      const isCopied = matchesNft(rawConditions(copies[0] ?? ''), ipv4Packet({ ...BARE_IPV4, tcpWords: 10, flags }));
      expect(isCopied).toBe((flags & 0x17) === 0x12);
    }
    const bare = chainOf(text, 'bare');
    const at = (rules: readonly string[], words: string) => rules.findIndex((rule) => rule.includes(words));
    const acceptance = ipv4Packet({ ...BARE_IPV4, tcpWords: 10, flags: 0x12 });
    const before = bare.slice(0, at(bare, 'log group'));
    expect(before.filter((rule) => matchesNft(rawConditions(rule), acceptance))).toEqual([]);
    // Data on a SYN can make a flow followed before its SYN-ACK comes.
    for (const name of ['known', 'from', 'to']) {
      const rules = chainOf(text, name);
      expect(at(rules, 'goto segment4')).toBeGreaterThan(0);
      expect(at(rules, 'goto segment6')).toBeGreaterThan(0);
      const returning = rules.slice(0, at(rules, 'goto segment4')).filter((rule) => rule.includes(' return comment'));
      const unlessSettled = returning.filter((rule) => !/chatgate: (settled|its way is none of ours)/.test(rule));
      expect(unlessSettled.length > 0).toBe(name === 'known');
      for (const rule of unlessSettled) {
        const condition = /@.*?(?= ct mark| return)/.exec(rule)?.[0] ?? '';
        for (let flags = 0; flags < 256; flags += 1) {
          if ((flags & SYN) === 0) continue;
          for (const tcpWords of [5, 8, 10]) {
            expect(matchesNft(condition, ipv4Packet({ ...BARE_IPV4, tcpWords, flags })), rule).toBe(false);
            expect(matchesNft(condition, ipv6Packet({ ...BARE_IPV6, tcpWords, flags })), rule).toBe(false);
          }
        }
      }
    }
    const segments = [...chainOf(text, 'segment4'), ...chainOf(text, 'segment6')];
    expect(segments.filter((rule) => /goto payload/.test(rule))).toHaveLength(4);
    expect(at(chainOf(text, 'payload'), 'answers need no reading')).toBe(0);
  });

  test.each([
    ['IPv4', 'segment4', (tcpWords: number, payload: number) => ipv4Packet({ ...BARE_IPV4, tcpWords, payload })],
    ['IPv6', 'segment6', (tcpWords: number, payload: number) => ipv6Packet({ ...BARE_IPV6, tcpWords, payload })],
  ])(
    'tells bare segments over %s from others, where they are judged and where they are refused',
    (_, chain, packet) => {
      const text = renderNftTable(PLAN, part);
      const goes = (name: string, bytes: Uint8Array) => {
        const rule = chainOf(text, name).find((candidate) => matchesNft(rawConditions(candidate), bytes));
        return / (goto \w+|return) comment/.exec(` ${rule?.trim()}`)?.[1];
      };
      for (let tcpWords = 5; tcpWords <= 15; tcpWords += 1) {
        expect(goes(chain, packet(tcpWords, 0))).toBe('goto bare');
        expect(goes(chain, packet(tcpWords, 1))).toBe('goto payload');
        expect(goes('refuse', packet(tcpWords, 0))).toBe('return');
        expect(goes('refuse', packet(tcpWords, 1))).toBe('goto refusal');
      }
      for (const name of ['known', 'from', 'to']) {
        const rules = chainOf(text, name);
        const ways = rules.filter((rule) => / goto (segment\d|payload)/.test(rule) || /^\t\tgoto payload/.test(rule));
        const way = ways.find((rule) => matchesNft(rawConditions(rule), packet(10, 1)));
        expect(way).toContain(` goto ${chain} comment`);
        expect(rules.at(-1)).toMatch(/^\t\tgoto payload comment/);
      }
    },
  );
});

test.each([
  [{ first: 7, count: 1 }, 'closed', 'queue num 7 comment'],
  [{ first: 7, count: 3 }, 'closed', 'queue num 7-9 comment'],
  [{ first: 7, count: 3 }, 'open', 'queue num 7-9 bypass comment'],
] as const)('an nft table that does everything queues %o, %s when down: %s', (queues, whenDown, statement) => {
  const text = renderNftTable({ ...PLAN, queues, whenDown }, 'everything');
  const queueRules = rulesOf(text).filter((rule) => rule.includes('queue num'));
  expect(queueRules).toHaveLength(1);
  expect(queueRules[0]?.trim().startsWith(statement)).toBe(true);
  expect(chainOf(text, 'question')).toEqual(queueRules);
});

test('an nft table that leaves queueing to iptables is the same but for that rule', () => {
  for (const whenDown of ['closed', 'open'] as const) {
    const plan = { ...PLAN, whenDown, offloadDevices: ['wlan0'] };
    const all = renderNftTable(plan, 'everything').split('\n');
    const others = all.filter((line) => !line.includes('queue num'));
    expect(others).toHaveLength(all.length - 1);
    expect(renderNftTable(plan, 'all-but-queueing').split('\n')).toEqual(others);
  }
});

/** The mark a packet leaves the chain `ask` with, having come without any. */
function markToAskWith(text: string, marks: MarkLayout, flow: FlowState, isReply: boolean): number {
  const stateOf = `ct mark & ${word(marks.stateMask)} == `;
  let mark = 0;
  for (const rule of chainOf(text, 'ask')) {
    const [, conditions = '', bits, goes] =
      /^\t\t(.*)meta mark set meta mark \| (\w+)( goto question)? comment /.exec(rule) ?? [];
    if (!['', 'ct direction reply '].includes(conditions) && !conditions.startsWith(stateOf)) {
      throw new Error(`cannot read ${rule}`);
    }
    if (conditions.startsWith('ct direction') && !isReply) continue;
    if (conditions.startsWith(stateOf) && conditions !== `${stateOf}${word(flow << marks.shift)} `) continue;
    mark = (mark | Number(bits)) >>> 0;
    if (goes !== undefined) return mark;
  }
  throw new Error('a packet fell out of the chain without asking');
}

function word(bits: number): string {
  return `0x${(bits >>> 0).toString(16).padStart(8, '0')}`;
}
