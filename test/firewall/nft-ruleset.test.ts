import { describe, expect, test } from 'vitest';
import { markLayout } from '../../src/firewall/mark.ts';
import { renderNftReplacement, renderNftTable } from '../../src/firewall/nft-ruleset.ts';
import type { NftWay } from '../../src/firewall/nft-way.ts';
import { chainsOf } from './nft-table-machine.ts';
import { PLAN } from './plans.ts';

const WAYS: readonly NftWay[] = [
  { queueing: 'nft', starts: 'told' },
  { queueing: 'nft', starts: 'asked' },
  { queueing: 'xtables', starts: 'told' },
  { queueing: 'xtables', starts: 'asked' },
];

function rulesOf(text: string): readonly string[] {
  return [...chainsOf(text).values()].flat();
}

describe.each(WAYS)('the plan as an nft table, queueing by $queueing, starts $starts', (way) => {
  test('says of every rule what it is for', () => {
    const rules = rulesOf(renderNftTable({ ...PLAN, onDrop: 'reset' }, way));
    expect(rules.length).toBeGreaterThan(60);
    for (const rule of rules) expect(rule).toMatch(/ comment "chatgate: [^"]+"$/);
  });

  test('takes the place of the one before it in the same transaction', () => {
    const lines = renderNftReplacement(PLAN, way).split('\n');
    expect(lines.slice(0, 3)).toEqual([
      'table inet chatgate {}',
      'delete table inet chatgate',
      'table inet chatgate {',
    ]);
    expect(lines.slice(2).join('\n')).toBe(renderNftTable(PLAN, way));
  });

  test('leads to chains of its own, and to each of them', () => {
    const text = renderNftTable(PLAN, way);
    const targets = rulesOf(text).flatMap((rule) => [...rule.matchAll(/\b(?:goto|jump) (\w+)/g)].map(([, to]) => to));
    expect(new Set([...targets, 'judge'])).toEqual(new Set(chainsOf(text).keys()));
  });

  test('accepts nothing: the owner’s own rules have the last word', () => {
    for (const rule of rulesOf(renderNftTable({ ...PLAN, whenDown: 'open' }, way))) {
      expect(rule).not.toMatch(/\baccept\b/);
    }
  });

  test('judges before iptables’ mangle table, in one chain that sees every packet', () => {
    const hooks = [...renderNftTable(PLAN, way).matchAll(/hook forward priority (.*); policy accept;/g)];
    expect(hooks.map(([, priority]) => priority)).toEqual(['mangle - 1']);
  });

  test('gives allowed flows the short cut between the interfaces named, and without any to none', () => {
    expect(renderNftTable(PLAN, way)).not.toContain('flowtable');
    expect(renderNftTable(PLAN, way)).not.toContain('flow add');
    const text = renderNftTable({ ...PLAN, offloadDevices: ['wlan0', 'eth0'] }, way);
    expect(text).toContain('devices = { "wlan0", "eth0" }');
    const first = chainsOf(text).get('judge') ?? [];
    for (const [index, side] of ['iifname', 'oifname'].entries()) {
      const shortCut = `tcp, udp } ct mark & 0x07000000 == 0x07000000 ${side} "wlan0" flow add @allowed_flows comment`;
      expect(first[index]).toContain(shortCut);
    }
    expect(text.split('flow add')).toHaveLength(3);
  });

  test('never touches a bit outside the mask of either mark', () => {
    const text = renderNftTable({ ...PLAN, marks: markLayout(0x000000f0) }, way);
    const assignments = [
      ...text.matchAll(/(meta|ct) mark set (.*?)(?: meta priority set ct secmark)?(?: return| goto \w+)? comment/g),
    ];
    expect(assignments).toHaveLength(text.split(' mark set').length - 1);
    for (const [, mark, value] of assignments) {
      expect(value).toMatch(
        mark === 'ct'
          ? // Only a state: nothing that asks.
            /^ct mark & 0xffffff0f \| 0x000000[1-7]0$/
          : /^meta mark (& 0xffffff0f )?\| 0x000000[0-9a-f]0$/,
      );
    }
    const comparisons = [...text.matchAll(/mark & (0x\w+) [!=]= (\w+)/g)];
    expect(comparisons).toHaveLength(text.split(/mark & 0x\w+ [!=]/).length - 1);
    for (const [, mask, value] of comparisons) {
      expect(Number(mask)).toBeGreaterThan(0);
      expect((Number(mask) | Number(value)) & ~0xf0).toBe(0);
    }
  });

  test('lists ports as ranges, and none where there are none', () => {
    const withRange = renderNftTable(PLAN, way);
    expect(withRange).toContain('flags interval');
    expect(withRange).toContain('elements = { 80, 443, 5222-5223, 8080 }');
    const single = renderNftTable({ ...PLAN, tcpPorts: [443, 80] }, way);
    expect(single).not.toContain('flags interval');
    expect(single).toContain('elements = { 80, 443 }');
    expect(renderNftTable({ ...PLAN, tcpPorts: [] }, way)).not.toMatch(/elements = \{ *\}/);
  });

  test.each([
    [{ first: 7, count: 1 }, 'closed', 'queue num 7'],
    [{ first: 7, count: 3 }, 'closed', 'queue num 7-9'],
    [{ first: 7, count: 3 }, 'open', 'queue num 7-9 bypass'],
  ] as const)('queues %o, %s when down: %s; xtables’ own rule goes in front', (queues, whenDown, statement) => {
    const text = renderNftTable({ ...PLAN, queues, whenDown }, way);
    const question = (chainsOf(text).get('question') ?? []).map((rule) => rule.trim().split(' comment ')[0]);
    expect(question).toEqual([
      ...(way.queueing === 'nft' ? [statement] : []),
      ...(whenDown === 'closed' ? ['drop'] : []),
    ]);
    expect(rulesOf(text).filter((rule) => rule.includes('queue num'))).toHaveLength(way.queueing === 'nft' ? 1 : 0);
  });
});
