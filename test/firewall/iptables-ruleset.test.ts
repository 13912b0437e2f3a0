import { describe, expect, test } from 'vitest';
import type { IpFamily } from '../../src/firewall/ip-family.ts';
import { type Chains, iptablesRuleset } from '../../src/firewall/iptables-ruleset.ts';
import { askedState, asksAsReply, markLayout } from '../../src/firewall/mark.ts';
import type { FirewallPlan } from '../../src/firewall/plan.ts';
import { FlowState } from '../../src/judge/flow-state.ts';
import { PLAN } from './plans.ts';

const FAMILIES: readonly IpFamily[] = ['ipv4', 'ipv6'];

/** All rules, those of FORWARD that lead to ours first. */
function rulesIn(ruleset: Readonly<Record<string, Chains>>): readonly string[] {
  const tables = Object.values(ruleset).filter(({ chains }) => chains.length > 0);
  return tables.flatMap(({ jump, chains }) => [jump, ...chains.flatMap((chain) => chain.rules)]);
}

function rulesOf(plan: FirewallPlan, family: IpFamily): readonly string[] {
  return rulesIn(iptablesRuleset(plan, family));
}

function rulesOfChain({ chains }: Chains, suffix: string): readonly string[] {
  const found = chains.find(({ name }) => name === `chatgate-${suffix}`);
  if (found === undefined) throw new Error(`there is no chain chatgate-${suffix}`);
  return found.rules;
}

/** Whether the conditions on both marks are true; a rule may have others. */
function marksMatch(rule: string, packetMark: number, flowMark: number): boolean {
  return [...rule.matchAll(/-m (mark|connmark) (! )?--mark (\w+)\/(\w+)/g)].every(([, which, not, value, mask]) => {
    const mark = which === 'mark' ? packetMark : flowMark;
    return ((mark & Number(mask)) >>> 0 === Number(value)) === (not === undefined);
  });
}

describe.each(FAMILIES)('the plan as chains of iptables for %s', (family) => {
  test('says of every rule what it is for', () => {
    for (const rule of rulesOf({ ...PLAN, onDrop: 'reset' }, family)) {
      expect(rule).toMatch(/-m comment --comment "chatgate: [^"]+" -[jg] \S/);
    }
  });

  test('leads only to chains of its own table, by names iptables can hold', () => {
    for (const { jump, chains } of Object.values(iptablesRuleset(PLAN, family))) {
      const names = chains.map((chain) => chain.name);
      for (const name of names) expect(name.length).toBeLessThan(29);
      const targets = chains.flatMap((chain) => chain.rules.map((rule) => / -g (\S+)/.exec(rule)?.[1]));
      expect(new Set(targets.filter((target) => target !== undefined))).toEqual(new Set(names.slice(1)));
      expect(jump.endsWith(` -j ${names[0]}`)).toBe(true);
    }
  });

  test('accepts nothing: the owner’s own rules have the last word', () => {
    for (const rule of rulesOf({ ...PLAN, whenDown: 'open' }, family)) expect(rule).not.toContain('ACCEPT');
  });

  test('never touches a bit outside the mask of either mark', () => {
    const rules = rulesOf({ ...PLAN, marks: markLayout(0xf0) }, family);
    const settings = rules.filter((rule) => /-j (CONN)?MARK/.test(rule));
    expect(settings).toHaveLength(11);
    for (const rule of settings) {
      const written = /--set-xmark 0x[0-9a-f]+\/(0x\w+)|--nfmask (\w+) --ctmask (\w+)/.exec(rule);
      const masks = written?.slice(1).filter((mask) => mask !== undefined) ?? [];
      expect(masks, rule).not.toEqual([]);
      for (const mask of masks) expect(Number(mask) & ~0xf0).toBe(0);
    }
    for (const [, mask] of rules.join('\n').matchAll(/--mark 0x\w+\/(\w+)/g)) {
      expect(Number(mask)).toBeGreaterThan(0);
      expect(Number(mask) & ~0xf0).toBe(0);
    }
  });

  test('spreads many ports over several rules, fifteen numbers each', () => {
    const tcpPorts = Array.from({ length: 40 }, (_, i) => 1000 + 3 * i + (i % 3 === 0 ? 0 : 1));
    const lists = rulesOf({ ...PLAN, tcpPorts: [...tcpPorts, 2000, 2001] }, family).flatMap(
      (rule) => / --dports (\S+)/.exec(rule)?.[1] ?? [],
    );
    expect(lists.length).toBeGreaterThan(1);
    for (const list of lists) expect(list.split(/[,:]/).length).toBeLessThanOrEqual(15);
    expect(lists.join(',').split(',')).toContain('2000:2001');
    const ports = lists
      .join(',')
      .split(',')
      .flatMap((range) => {
        const [from = 0, to = from] = range.split(':').map(Number);
        return Array.from({ length: to - from + 1 }, (_, i) => from + i);
      });
    expect(ports).toEqual([...tcpPorts, 2000, 2001].sort((a, b) => a - b));
  });

  test.each([
    [{ first: 7, count: 1 }, 'closed', '-j NFQUEUE --queue-num 7'],
    [{ first: 7, count: 3 }, 'closed', '-j NFQUEUE --queue-balance 7:9'],
    [{ first: 7, count: 3 }, 'open', '-j NFQUEUE --queue-balance 7:9 --queue-bypass'],
  ] as const)('queues %o, %s when down: %s', (queues, whenDown, target) => {
    const queueRules = rulesOf({ ...PLAN, queues, whenDown }, family).filter((rule) => rule.includes('NFQUEUE'));
    expect(queueRules).toHaveLength(2);
    for (const rule of queueRules) expect(rule.endsWith(target)).toBe(true);
  });

  test('has a server’s bare SYN-ACK ask while answers are read, before bare segments are let go', () => {
    const { mangle } = iptablesRuleset(PLAN, family);
    const bare = rulesOfChain(mangle, 'bare');
    const asking = bare.filter((rule) => rule.includes('--tcp-flags SYN,ACK,FIN,RST SYN,ACK'));
    expect(asking).toHaveLength(1);
    expect(asking[0]).toMatch(/SYN,ACK -m conntrack --ctdir REPLY .* -g chatgate-ask$/);
    const firstReturn = bare.findIndex((rule) => rule.endsWith('-j RETURN'));
    expect(bare.indexOf(asking[0] ?? '')).toBeLessThan(firstReturn);
    for (const suffix of ['from', 'to']) {
      expect(rulesOfChain(mangle, suffix).some((rule) => rule.endsWith('-g chatgate-bare'))).toBe(true);
    }
  });

  test('lets answers within followed flows pass before anything of them could ask', () => {
    const rules = rulesOfChain(iptablesRuleset(PLAN, family).mangle, 'to');
    const letGo = rules.findIndex((rule) => rule.includes('answers need no reading'));
    const asking = rules.findIndex((rule) => /-g chatgate-(bare|ask)$/.test(rule));
    expect(letGo).toBeGreaterThan(0);
    expect(letGo).toBeLessThan(asking);
  });

  test('takes no answer from the phones’ side for a server’s, nor a beginning from outside for a phone’s', () => {
    const { mangle } = iptablesRuleset(PLAN, family);
    for (const [chain, direction] of [
      ['from', 'REPLY'],
      ['to', 'ORIGINAL'],
    ] as const) {
      const rules = rulesOfChain(mangle, chain);
      const wrongWay = rules.findIndex((rule) =>
        new RegExp(`^-m conntrack --ctdir ${direction} .* -g chatgate-inbound$`).test(rule),
      );
      expect(wrongWay).toBeGreaterThan(0);
      expect(rules.slice(0, wrongWay).filter((rule) => / -g chatgate-(?!unusual|errors)/.test(rule))).toEqual([]);
    }
  });

  test.each([0xf, 0x0f000000, 0xf0000000])(
    'has a packet ask with the state of its flow and its direction, in the bits of %i',
    (mask) => {
      const marks = markLayout(mask);
      const { mangle } = iptablesRuleset({ ...PLAN, marks }, family);
      const others = ~mask >>> 0;
      for (const state of ['unknown', 'fresh', 'pending', 'followed'] as const) {
        // Answers within followed flows never ask.
        for (const isReply of state === 'followed' ? [false] : [false, true]) {
          const flowMark = ((FlowState[state] << marks.shift) | others) >>> 0;
          const mark = queuedWith(rulesOfChain(mangle, 'ask'), others, flowMark, isReply);
          expect({ state: askedState(mark, marks), isReply: asksAsReply(mark, marks) }).toEqual({
            state: FlowState[state],
            isReply,
          });
          expect((mark & ~mask) >>> 0).toBe(others);
        }
      }
      const inbound = queuedWith(rulesOfChain(mangle, 'inbound'), others, 0, false);
      expect(askedState(inbound, marks)).toBe(FlowState.inbound);
      expect((inbound & ~mask) >>> 0).toBe(others);
    },
  );

  test.each([
    ['closed', 'DROP'],
    ['open', 'RETURN'],
  ] as const)(
    'when down %s, what nobody has answered meets %s, and its mark is taken for no verdict',
    (whenDown, end) => {
      const { filter } = iptablesRuleset({ ...PLAN, whenDown }, family);
      for (const flow of ['unknown', 'fresh', 'pending', 'followed'] as const) {
        for (let low = 0; low < 8; low += 1) {
          const question = ((8 | low) << PLAN.marks.shift) >>> 0;
          const flowMark = FlowState[flow] << PLAN.marks.shift;
          const rule = rulesOfChain(filter, 'verdict').find((each) => marksMatch(each, question, flowMark));
          expect(rule).toContain('nobody has answered');
          expect(rule?.endsWith(` -j ${end}`)).toBe(true);
        }
      }
    },
  );

  test('finds a verdict on the packet, and without one leaves an undecided flow alone', () => {
    const { filter } = iptablesRuleset(PLAN, family);
    const ruleFor = (packet: number, flow: number) =>
      rulesOfChain(filter, 'verdict').find((each) =>
        marksMatch(each, packet << PLAN.marks.shift, flow << PLAN.marks.shift),
      );
    for (const flow of [FlowState.unknown, FlowState.fresh, FlowState.pending, FlowState.followed]) {
      for (const verdict of [FlowState.pending, FlowState.followed, FlowState.allowed, FlowState.denied]) {
        expect(ruleFor(verdict, flow)).toContain('the verdict on the flow');
      }
      expect(ruleFor(0, flow)).toMatch(/nothing was said of this packet.* -j RETURN$/);
    }
    const greeting = rulesOfChain(filter, 'verdict').find((each) =>
      marksMatch(each, FlowState.greeting << PLAN.marks.shift, FlowState.fresh << PLAN.marks.shift),
    );
    expect(greeting).toMatch(/ -j MARK --set-xmark 0x2000000\/0x7000000$/);
    expect(ruleFor(0, FlowState.denied)).toMatch(/ -g chatgate-refuse$/);
    expect(ruleFor(FlowState.pending, FlowState.allowed)).toMatch(/settled.* -j RETURN$/);
  });

  test.each(['br-g', 'wlan-j', 'j-g'])('names the interface %s as it is', (name) => {
    const { mangle, filter } = iptablesRuleset({ ...PLAN, lanInterfaces: [name] }, family);
    for (const { chains } of [mangle, filter]) {
      const [from, to] = chains[0]?.rules ?? [];
      expect(from).toMatch(new RegExp(`^-i ${name} -m comment --comment "[^"]+" -g chatgate-\\w+$`));
      expect(to).toMatch(new RegExp(`^-o ${name} -m comment --comment "[^"]+" -g chatgate-\\w+$`));
    }
  });
});

/** The mark a packet is queued with that goes through these rules. */
function queuedWith(rules: readonly string[], packetMark: number, flowMark: number, isReply: boolean): number {
  let mark = packetMark;
  for (const rule of rules) {
    if ((rule.includes('--ctdir REPLY') && !isReply) || !marksMatch(rule, mark, flowMark)) continue;
    const [, value, mask] = / -j MARK --set-xmark (\w+)\/(\w+)$/.exec(rule) ?? [];
    const [, packetMask, flowMask] = / -j CONNMARK --restore-mark --nfmask (\w+) --ctmask (\w+)$/.exec(rule) ?? [];
    if (rule.includes(' -j NFQUEUE ')) return mark;
    if (mask !== undefined) mark = ((mark & ~Number(mask)) ^ Number(value)) >>> 0;
    else if (flowMask !== undefined) mark = ((mark & ~Number(packetMask)) ^ (flowMark & Number(flowMask))) >>> 0;
    else throw new Error(`cannot read ${rule}`);
  }
  throw new Error('a packet fell out of the chain without asking');
}
