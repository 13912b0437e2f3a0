import { describe, expect, test } from 'vitest';
import { markLayout } from '../../src/firewall/mark.ts';
import { renderNftReplacement, renderNftTable } from '../../src/firewall/nft-ruleset.ts';
import { PLAN } from './plans.ts';

function rulesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.startsWith('\t\t') && !/type |flags |elements/.test(line));
}

describe('the plan as an nft table', () => {
  test('says of every rule what it is for', () => {
    const rules = rulesOf(renderNftTable({ ...PLAN, onDrop: 'reset' }));
    expect(rules.length).toBeGreaterThan(60);
    for (const rule of rules) expect(rule).toMatch(/ comment "chatgate: [^"]+"$/);
  });

  test('takes the place of the one before it in the same transaction', () => {
    const lines = renderNftReplacement(PLAN).split('\n');
    expect(lines.slice(0, 3)).toEqual([
      'table inet chatgate {}',
      'delete table inet chatgate',
      'table inet chatgate {',
    ]);
  });

  test('gives allowed flows the short cut between the interfaces named, and without any to none', () => {
    expect(renderNftTable(PLAN)).not.toContain('flowtable');
    const text = renderNftTable({ ...PLAN, offloadDevices: ['wlan0', 'eth0'] });
    expect(text).toContain('devices = { "wlan0", "eth0" }');
    expect(text).toMatch(/tcp, udp } ct mark & 0x07000000 == 0x04000000 flow add @allowed_flows comment/);
  });

  test('never touches a bit outside the mask of either mark', () => {
    const text = renderNftTable({ ...PLAN, marks: markLayout(0x000000f0) });
    for (const [, assignment] of text.matchAll(/mark set (.*?)(?: return)? comment/g)) {
      expect(assignment).toMatch(/^(meta|ct) mark (& 0xffffff0f( \| 0x000000[0-7]0)?|\| 0x000000[0-9]0)$/);
    }
    for (const [, comparison] of text.matchAll(/mark & (0x\w+) [!=]=/g)) expect(comparison).toBe('0x00000070');
  });

  test.each([
    [{ first: 7, count: 1 }, 'closed', 'queue num 7 comment'],
    [{ first: 7, count: 3 }, 'closed', 'queue num 7-9 comment'],
    [{ first: 7, count: 3 }, 'open', 'queue num 7-9 bypass comment'],
  ] as const)('queues %o, %s when down: %s', (queues, whenDown, statement) => {
    const queueRules = rulesOf(renderNftTable({ ...PLAN, queues, whenDown })).filter((rule) => rule.includes('queue '));
    expect(queueRules).toHaveLength(2);
    for (const rule of queueRules) expect(rule).toContain(statement);
  });

  test('lists ports as ranges, and none where there are none', () => {
    expect(renderNftTable(PLAN)).toContain('elements = { 80, 443, 5222-5223, 8080 }');
    expect(renderNftTable({ ...PLAN, tcpPorts: [] })).not.toMatch(/elements = \{ *\}/);
  });

  test('copies a server’s bare SYN-ACK to the group asked for, whatever the flow’s state, before it lets it go', () => {
    const rules = renderNftTable({ ...PLAN, handshakeGroup: 4711 }).split('\n');
    const copies = rules.filter((rule) => rule.includes(' log group '));
    expect(copies).toHaveLength(1);
    expect(copies[0]).toContain('tcp flags & (syn | ack | fin | rst) == syn | ack ct direction reply log group 4711 ');
    expect(copies[0]).toMatch(/ snaplen \d+ queue-threshold 1 comment /);
    const at = (words: string) => rules.findIndex((rule) => rule.includes(words));
    expect(at('log group')).toBeLessThan(at('of a known connection'));
    // Data on a SYN can make a flow followed before its SYN-ACK comes.
    expect(at('goto segment')).toBeLessThan(at('answers need no reading'));
  });
});
