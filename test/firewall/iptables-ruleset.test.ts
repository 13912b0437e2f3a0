import { describe, expect, test } from 'vitest';
import { type IpFamily, iptablesChains } from '../../src/firewall/iptables-ruleset.ts';
import { markLayout } from '../../src/firewall/mark.ts';
import type { FirewallPlan } from '../../src/firewall/plan.ts';
import { PLAN } from './plans.ts';

const FAMILIES: readonly IpFamily[] = ['ipv4', 'ipv6'];

function chainsOf(plan: FirewallPlan, family: IpFamily) {
  const { mangle, filter } = iptablesChains(plan, family);
  return [...mangle, ...filter];
}

function rulesOf(plan: FirewallPlan, family: IpFamily): readonly string[] {
  return chainsOf(plan, family).flatMap((chain) => chain.rules);
}

describe.each(FAMILIES)('the plan as chains of iptables for %s', (family) => {
  test('says of every rule what it is for', () => {
    for (const rule of rulesOf({ ...PLAN, onDrop: 'reset' }, family)) {
      expect(rule).toMatch(/-m comment --comment "chatgate: [^"]+" -[jg] \S/);
    }
  });

  test('leads only to chains of its own table, by names iptables can hold', () => {
    for (const chains of Object.values(iptablesChains(PLAN, family))) {
      const names = chains.map((chain) => chain.name);
      for (const name of names) expect(name.length).toBeLessThan(29);
      const targets = chains.flatMap((chain) => chain.rules.map((rule) => / -g (\S+)/.exec(rule)?.[1]));
      expect(new Set(targets.filter((target) => target !== undefined))).toEqual(new Set(names.slice(1)));
    }
  });

  test('accepts nothing: the owner’s own rules have the last word', () => {
    for (const rule of rulesOf({ ...PLAN, whenDown: 'open' }, family)) expect(rule).not.toContain('ACCEPT');
  });

  test('never touches a bit outside the mask of either mark', () => {
    const rules = rulesOf({ ...PLAN, marks: markLayout(0xf0) }, family);
    const settings = rules.filter((rule) => /-j (CONN)?MARK/.test(rule));
    expect(settings).toHaveLength(8);
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

  test('copies a server’s bare SYN-ACK to the group asked for, whatever the flow’s state, before it lets it go', () => {
    const { mangle } = iptablesChains({ ...PLAN, handshakeGroup: 4711 }, family);
    const rulesIn = (suffix: string) => mangle.find(({ name }) => name === `chatgate-${suffix}`)?.rules ?? [];
    const copies = rulesIn('bare').filter((rule) => rule.includes('-j NFLOG'));
    expect(copies).toHaveLength(1);
    expect(copies[0]).toContain('--tcp-flags SYN,ACK,FIN,RST SYN,ACK -m conntrack --ctdir REPLY');
    expect(copies[0]).toMatch(/-j NFLOG --nflog-group 4711 --nflog-size \d+ --nflog-threshold 1$/);
    const firstReturn = rulesIn('bare').findIndex((rule) => rule.endsWith('-j RETURN'));
    expect(rulesIn('bare').findIndex((rule) => rule.includes('-j NFLOG'))).toBeLessThan(firstReturn);
    for (const suffix of ['from', 'to']) {
      const rules = rulesIn(suffix);
      const toBare = rules.findIndex((rule) => rule.endsWith('-g chatgate-bare'));
      expect(toBare).toBeGreaterThan(0);
      // Data on a SYN can make a flow followed before its SYN-ACK comes.
      expect(rules.findIndex((rule) => rule.includes('answers need no reading'))).toBeGreaterThan(toBare);
    }
  });
});
