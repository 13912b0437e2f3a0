import { describe, expect, test } from 'vitest';
import { iptablesRuleset } from '../../src/firewall/iptables-ruleset.ts';
import { parseIptablesSave } from '../../src/firewall/iptables-save.ts';
import { clearTable, ownRules, replaceTable } from '../../src/firewall/iptables-transaction.ts';
import { PLAN } from './plans.ts';

const OURS = '-m comment --comment "chatgate: x"';
const RULES = iptablesRuleset(PLAN, 'ipv4').mangle;
const JUMP_RULE = RULES.jump;

function mangle(...lines: readonly string[]) {
  const saved = ['# Generated', '*mangle', ':FORWARD ACCEPT [12:34]', ...lines, 'COMMIT', '*nat', 'COMMIT'];
  return parseIptablesSave(saved.join('\n')).get('mangle')!;
}

describe('what of a saved table is ours', () => {
  test.each([
    ['nothing in a table without our name', ['-A FORWARD -j DROP'], { chains: [], foreign: [] }],
    [
      'chains in which every rule bears our comment',
      [':chatgate - [0:0]', ':chatgate-old - [0:0]', `-A chatgate ${OURS} -g chatgate-old`, `-A chatgate-old ${OURS}`],
      { chains: ['chatgate', 'chatgate-old'], foreign: [] },
    ],
    ['an empty chain with our name', [':chatgate - [0:0]'], { chains: ['chatgate'], foreign: [] }],
    [
      'no chain with a rule of somebody else',
      [':chatgate - [0:0]', `-A chatgate ${OURS}`, '-A chatgate -j ACCEPT'],
      { chains: [], foreign: ['chatgate'] },
    ],
    ['no chain whose name only begins alike', [':chatgates - [0:0]'], { chains: [], foreign: [] }],
  ])('%s', (_, lines, expected) => {
    expect(ownRules(mangle(...lines))).toMatchObject(expected);
  });

  test('jumps into our chains are, but not a comment that reads like one', () => {
    const table = mangle(
      ':chatgate - [0:0]',
      '-A FORWARD -m comment --comment "sends to -j chatgate one day" -j ACCEPT',
      '-A FORWARD -m comment --comment "an \\" -j chatgate" -j ACCEPT',
      '-A FORWARD -i eth0 -g chatgate',
    );
    expect(ownRules(table).jumps.map((rule) => rule.text)).toEqual(['-i eth0 -g chatgate']);
  });

  test('they are in force where FORWARD leads to an entry chain that is not empty', () => {
    const jump = `-A FORWARD ${JUMP_RULE}`;
    expect(ownRules(mangle(':chatgate - [0:0]', jump, `-A chatgate ${OURS}`)).inForce).toBe(true);
    expect(ownRules(mangle(':chatgate - [0:0]', jump)).inForce).toBe(false);
    expect(ownRules(mangle(':chatgate - [0:0]', `-A chatgate ${OURS}`)).inForce).toBe(false);
    expect(ownRules(undefined).inForce).toBe(false);
  });
});

describe('a replacement', () => {
  function jumpLines(...saved: readonly string[]): readonly string[] {
    const text = replaceTable('mangle', RULES, mangle(':chatgate - [0:0]', ...saved));
    return text.split('\n').filter((line) => line.includes(' FORWARD '));
  }

  test('puts one jump on top where there is none', () => {
    expect(jumpLines()).toEqual([`-I FORWARD 1 ${JUMP_RULE}`]);
  });

  test('leaves the jump that is on top already', () => {
    expect(jumpLines(`-A FORWARD ${JUMP_RULE}`, '-A FORWARD -j ACCEPT')).toEqual([]);
  });

  test('moves a jump that somebody’s rule has come to precede', () => {
    expect(jumpLines('-A FORWARD -j ACCEPT', `-A FORWARD ${JUMP_RULE}`)).toEqual([
      `-D FORWARD ${JUMP_RULE}`,
      `-I FORWARD 1 ${JUMP_RULE}`,
    ]);
  });

  test('makes one jump of several, and of one that was made otherwise', () => {
    expect(jumpLines(`-A FORWARD ${JUMP_RULE}`, '-A FORWARD -i wlan0 -j chatgate')).toEqual([
      `-D FORWARD ${JUMP_RULE}`,
      '-D FORWARD -i wlan0 -j chatgate',
      `-I FORWARD 1 ${JUMP_RULE}`,
    ]);
  });

  test('takes the place of a jump that only some packets took', () => {
    const questions = '-m mark --mark 0x8000000/0x8000000 -j chatgate';
    expect(jumpLines(`-A FORWARD ${questions}`)).toEqual([`-D FORWARD ${questions}`, `-I FORWARD 1 ${JUMP_RULE}`]);
  });

  test('puts every chain in place: declared first, filled after the jump, in one commit', () => {
    const lines = replaceTable('mangle', RULES, mangle()).trimEnd().split('\n');
    expect(lines).toEqual([
      '*mangle',
      ...RULES.chains.map(({ name }) => `:${name} - [0:0]`),
      `-I FORWARD 1 ${JUMP_RULE}`,
      ...RULES.chains.flatMap(({ name, rules }) => rules.map((rule) => `-A ${name} ${rule}`)),
      'COMMIT',
    ]);
    expect(replaceTable('mangle', RULES)).toBe(replaceTable('mangle', RULES, mangle()));
  });

  test('empties chains that are needed no more and then deletes them, in the same commit', () => {
    const saved = mangle(':chatgate - [0:0]', ':chatgate-old - [0:0]', `-A chatgate-old ${OURS}`);
    const lines = replaceTable('mangle', RULES, saved).trimEnd().split('\n');
    expect(lines).toContain(':chatgate-old - [0:0]');
    expect(lines.slice(-2)).toEqual(['-X chatgate-old', 'COMMIT']);
    expect(lines.filter((line) => line === 'COMMIT')).toHaveLength(1);
  });
});

describe('a removal', () => {
  test('is nothing where nothing is ours', () => {
    expect(clearTable('mangle', mangle('-A FORWARD -j DROP'))).toBe('');
    expect(clearTable('mangle')).toBe('');
    expect(clearTable('mangle', mangle(':chatgate - [0:0]', '-A chatgate -j DROP'))).toBe('');
  });

  test('takes jumps from wherever they stand, then the chains, and nothing else', () => {
    const saved = mangle(
      ':theirs - [0:0]',
      ':chatgate - [0:0]',
      `-A FORWARD ${JUMP_RULE}`,
      '-A theirs -j chatgate',
      '-A theirs -j DROP',
      `-A chatgate ${OURS} -j DROP`,
    );
    expect(clearTable('mangle', saved).trimEnd().split('\n')).toEqual([
      '*mangle',
      ':chatgate - [0:0]',
      `-D FORWARD ${JUMP_RULE}`,
      '-D theirs -j chatgate',
      '-X chatgate',
      'COMMIT',
    ]);
  });
});
