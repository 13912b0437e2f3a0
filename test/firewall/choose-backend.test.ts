import { describe, expect, test } from 'vitest';
import { type BackendPreference, chooseBackend, removeFirewall } from '../../src/firewall/choose-backend.ts';
import { FirewallError } from '../../src/firewall/firewall-error.ts';
import type { CommandResult, Host } from '../../src/firewall/host.ts';
import { PLAN } from './plans.ts';

type Answer = Partial<CommandResult>;
/** Some programs answer by what they are fed. */
type Answers = Readonly<Record<string, Answer | ((input: string) => Answer)>>;

const DONE: CommandResult = { exitCode: 0, stdout: '', stderr: '' };
const MISSING: Answer = { exitCode: null };
const NO_SUCH_TABLE: Answer = { exitCode: 1, stderr: 'Error: No such file or directory; did you mean ...' };
const REFUSED: Answer = { exitCode: 1, stderr: '/dev/stdin:9:3-7: Error: Could not process rule' };
const QUEUE_MISSING: Answer = {
  exitCode: 1,
  stderr:
    '/dev/stdin:99:3-7: Error: Could not process rule: No such file or directory\n' +
    '\t\tqueue num 0-1 comment "chatgate: ask user space"\n\t\t^^^^^\n',
};
const NO_QUEUE = (input: string): Answer => (/\squeue num /.test(input) ? QUEUE_MISSING : {});

/**
 * A box described by what its programs answer: the first entry of which the command line contains the key; all else
 * succeeds in silence.
 */
function box(answers: Answers, hasIpv6 = true) {
  const calls: { line: string; input: string }[] = [];
  const host: Host = {
    run(command, args, input = '') {
      const line = [command, ...args].join(' ');
      calls.push({ line, input });
      const [, answer = {}] = Object.entries(answers).find(([part]) => line.includes(part)) ?? [];
      return { ...DONE, ...(typeof answer === 'function' ? answer(input) : answer) };
    },
    speaksIpv6: () => hasIpv6,
  };
  return { host, calls };
}

const DEBIAN = {
  'tables --version': { stdout: 'iptables v1.8.9 (nf_tables)' },
  'nft list': NO_SUCH_TABLE,
} as const;

/** How both families fill their part, by what the box's iptables can do. */
const BY_IPTABLES: readonly (readonly [string, Answers, boolean, string])[] = [
  ['iptables’ default variant', {}, true, 'ip6tables (nft) and iptables (nft)'],
  [
    'the legacy variant where that is the default',
    { 'tables --version': { stdout: 'iptables v1.8.9 (legacy)' } },
    true,
    'ip6tables (legacy) and iptables (legacy)',
  ],
  [
    'the other variant for the family in which the default does not work',
    { 'unshare --net iptables-restore': { exitCode: 4, stderr: 'no' } },
    true,
    'ip6tables (nft) and iptables (legacy)',
  ],
  ['iptables alone where the kernel has no IPv6', { ip6tables: MISSING }, false, 'iptables (nft)'],
  [
    'iptables untried where no namespace can be made to try it in',
    { 'unshare ': { exitCode: 1, stderr: 'unshare: Operation not permitted' } },
    true,
    'ip6tables (nft) and iptables (nft)',
  ],
];

const NO_IP6TABLES: Answers = {
  'unshare --net ip6tables': {
    exitCode: 127,
    stderr: 'unshare: failed to execute ip6tables-restore: No such file',
  },
};

describe('which backend is chosen', () => {
  test('nft alone where the kernel takes its rules', () => {
    expect(chooseBackend(box(DEBIAN).host, 'auto', PLAN).name).toBe('nft');
    expect(chooseBackend(box(DEBIAN).host, 'nft', PLAN).name).toBe('nft');
  });

  test.each(BY_IPTABLES)('where nft has no queue, nft with that of %s', (_, answers, hasIpv6, name) => {
    const { host } = box({ 'nft --check': NO_QUEUE, ...DEBIAN, ...answers }, hasIpv6);
    expect(chooseBackend(host, 'auto', PLAN).name).toBe(`nft and ${name}`);
    expect(chooseBackend(host, 'nft', PLAN).name).toBe(`nft and ${name}`);
  });

  test.each(BY_IPTABLES)('where the kernel does not take nft’s rules, %s', (_, answers, hasIpv6, name) => {
    const { host } = box({ 'nft --check': REFUSED, ...DEBIAN, ...answers }, hasIpv6);
    expect(chooseBackend(host, 'auto', PLAN).name).toBe(name);
  });

  test.each(BY_IPTABLES)('where nft is not installed, %s', (_, answers, hasIpv6, name) => {
    const { host } = box({ 'nft -': MISSING, ...DEBIAN, ...answers }, hasIpv6);
    expect(chooseBackend(host, 'auto', PLAN).name).toBe(name);
  });

  test.each(BY_IPTABLES)('where iptables is asked for, %s, whatever nft can do', (_, answers, hasIpv6, name) => {
    const { host, calls } = box({ ...DEBIAN, ...answers }, hasIpv6);
    expect(chooseBackend(host, 'iptables', PLAN).name).toBe(name);
    expect(calls.filter(({ line }) => line.startsWith('nft '))).toEqual([]);
  });

  test('iptables that can do no more than queue will do at nft’s side, and not alone', () => {
    // The kernel lacks a module that the rest of the rules needs.
    const onlyQueues = (input: string): Answer =>
      input.includes('-m bpf') ? { exitCode: 2, stderr: "iptables-restore: line 31: Couldn't load match `bpf'" } : {};
    const { host } = box({ ...DEBIAN, 'nft --check': NO_QUEUE, 'unshare ': onlyQueues });
    expect(chooseBackend(host, 'auto', PLAN).name).toBe('nft and ip6tables (nft) and iptables (nft)');
    expect(() => chooseBackend(host, 'iptables', PLAN)).toThrow(/Couldn't load match `bpf'\n +line 31: /);
  });

  test.each([
    ['nft’s rules', REFUSED, /nft: .*Could not process rule(.|\n)*ip6tables.* is not installed: apt install iptables/],
    [
      'nft’s queue',
      NO_QUEUE,
      /nft: this kernel cannot queue packets by nft(.|\n)*ip6tables.* is not installed: apt install iptables/,
    ],
  ])('none where IPv6 would stay open for want of %s and of ip6tables, and the message says why', (_, nft, message) => {
    expect(() => chooseBackend(box({ ...DEBIAN, 'nft --check': nft, ...NO_IP6TABLES }).host, 'auto', PLAN)).toThrow(
      message,
    );
  });

  test('what is wrong with a tool is said once, however often it was tried', () => {
    const { host } = box({ ...DEBIAN, 'nft --check': REFUSED, ...NO_IP6TABLES });
    const reasons = (preference: BackendPreference) => {
      try {
        return chooseBackend(host, preference, PLAN).name;
      } catch (error) {
        const lines = error instanceof FirewallError ? error.message.split('\n') : [];
        return lines.slice(1).map((line) => line.trim().split(':')[0]);
      }
    };
    expect(reasons('auto')).toEqual(['nft', 'ip6tables (nft)', 'ip6tables (legacy)']);
    expect(reasons('nft')).toEqual(['nft']);
    expect(reasons('iptables')).toEqual(['ip6tables (nft)', 'ip6tables (legacy)']);
  });

  test('none but the one that was asked for', () => {
    expect(() => chooseBackend(box({ 'nft --check': MISSING }).host, 'nft', PLAN)).toThrow(/apt install nftables/);
    expect(() => chooseBackend(box({ ...DEBIAN, 'nft --check': REFUSED }).host, 'nft', PLAN)).toThrow(
      /Could not process rule/,
    );
    expect(chooseBackend(box(DEBIAN).host, 'iptables', PLAN).name).toBe('ip6tables (nft) and iptables (nft)');
  });

  test('nothing in force is touched by looking', () => {
    for (const nft of [NO_QUEUE, REFUSED]) {
      const { host, calls } = box({ ...DEBIAN, 'nft --check': nft });
      chooseBackend(host, 'auto', PLAN);
      expect(calls.length).toBeGreaterThan(4);
      for (const { line } of calls) expect(line).toMatch(/--version$|^nft --check|^unshare --net/);
    }
  });

  test('the short cut is for those with nft in them', () => {
    const canOffload = (answers: Answers) =>
      chooseBackend(box({ ...DEBIAN, ...answers }).host, 'auto', PLAN).canOffload;
    expect(canOffload({})).toBe(true);
    expect(canOffload({ 'nft --check': NO_QUEUE })).toBe(true);
    expect(canOffload({ 'nft --check': REFUSED })).toBe(false);
  });
});

describe('nft with iptables’ queue', () => {
  const OUR_TABLE = 'table inet chatgate {\n\tchain judge {\n\t\tdrop comment "chatgate: x"\n\t}\n}\n';
  /** As iptables-save prints a box on which all was left to iptables before. */
  const WHOLE = [
    '*mangle',
    ':FORWARD ACCEPT [0:0]',
    ':chatgate - [0:0]',
    ':chatgate-ask - [0:0]',
    '-A FORWARD -m comment --comment "chatgate: to and from the phones" -j chatgate',
    '-A chatgate -i wlan0 -m comment --comment "chatgate: from the phones" -g chatgate-ask',
    'COMMIT',
    '*filter',
    ':FORWARD ACCEPT [0:0]',
    ':chatgate - [0:0]',
    '-A FORWARD -m comment --comment "chatgate: to and from the phones" -j chatgate',
    'COMMIT',
    '',
  ].join('\n');

  function shared(answers: Answers = {}) {
    const { host, calls } = box({ ...DEBIAN, 'nft --check': NO_QUEUE, ...answers });
    const backend = chooseBackend(host, 'auto', PLAN);
    calls.length = 0;
    return { backend, fed: () => calls.filter(({ line }) => /^nft -f|-restore /.test(line)) };
  }

  test('has nft do all but queueing, and is in force on both sides before what others did goes', () => {
    const { backend, fed } = shared({ 'tables-legacy-save': { stdout: WHOLE } });
    backend.apply(PLAN);
    const [table, ipv6, ipv4, ...cleared] = fed();
    expect(table?.line).toBe('nft -f -');
    expect(table?.input).toContain('hook forward priority mangle - 1;');
    expect(table?.input).not.toContain('queue num');
    for (const [side, command] of [
      [ipv6, 'ip6tables-restore '],
      [ipv4, 'iptables-restore '],
    ] as const) {
      expect(side?.line.startsWith(command)).toBe(true);
      expect(side?.input.split('\n').filter((line) => / -j (?!chatgate)/.test(line))).toEqual([
        '-A chatgate -i wlan0 -m comment --comment "chatgate: ask user space" -j NFQUEUE --queue-balance 0:1',
        '-A chatgate -o wlan0 -m comment --comment "chatgate: ask user space" -j NFQUEUE --queue-balance 0:1',
      ]);
      expect(side?.input).not.toContain('*filter');
    }
    expect(cleared.map(({ line }) => line.split(' ')[0])).toEqual([
      'ip6tables-legacy-restore',
      'iptables-legacy-restore',
    ]);
    for (const { input } of cleared) expect(input).toContain('-X chatgate\n');
    expect(backend.render(PLAN)).toContain('hook forward priority mangle - 1;');
    expect(backend.render(PLAN).match(/-j NFQUEUE /g)).toHaveLength(4);
  });

  test('takes over from iptables alone: its judging makes way for the queue, its enforcing for nothing', () => {
    const { backend, fed } = shared({ 'iptables-save': { stdout: WHOLE } });
    backend.apply(PLAN);
    const ipv4 = fed().find(({ line }) => line.startsWith('iptables-restore'))?.input ?? '';
    const [mangle = '', filter = '', ...more] = ipv4.split('COMMIT\n');
    expect(mangle.startsWith('*mangle\n')).toBe(true);
    expect(mangle).toContain('-X chatgate-ask\n');
    expect(mangle).toContain('-D FORWARD -m comment --comment "chatgate: to and from the phones" -j chatgate\n');
    expect(mangle).toMatch(/^-I FORWARD 1 -m mark --mark 0x8000000\/0x8000000 .* -j chatgate$/m);
    expect(filter.startsWith('*filter\n')).toBe(true);
    expect(filter).toContain('-X chatgate\n');
    expect(filter).not.toContain('-A ');
    expect(more).toEqual(['']);
  });

  test.each([
    ['takes nft’s table back where iptables fails and nothing of ours stood before', NO_SUCH_TABLE, 2],
    ['leaves the way closed where iptables fails and a table of ours stood before', { stdout: OUR_TABLE }, 1],
  ])('%s', (_, listed, times) => {
    let isPut = false;
    const { host, calls } = box({
      ...DEBIAN,
      'nft --check': NO_QUEUE,
      'unshare ': {},
      'iptables-restore --noflush': { exitCode: 1, stderr: 'iptables-restore: line 2 failed' },
    });
    const remembering: Host = {
      ...host,
      run(command, args, input) {
        const done = host.run(command, args, input);
        if (command !== 'nft') return done;
        if (args[0] === '-f') isPut = true;
        return args[0] === 'list' ? { ...DONE, ...(isPut ? { stdout: OUR_TABLE } : listed) } : done;
      },
    };
    const backend = chooseBackend(remembering, 'nft', PLAN);
    expect(() => backend.apply(PLAN)).toThrow(/line 2 failed/);
    const fed = calls.filter(({ line }) => line === 'nft -f -');
    expect(fed).toHaveLength(times);
    expect(fed.at(-1)?.input.endsWith('delete table inet chatgate\n')).toBe(times === 2);
  });

  test('is in force where nft’s table stands and iptables of every family leads to the queue', () => {
    const table = { stdout: `${OUR_TABLE}# hook forward` };
    const queueing = (chain: string) => ({
      stdout: `*mangle\n:FORWARD ACCEPT [0:0]\n:chatgate - [0:0]\n-A FORWARD -j chatgate\n${chain}\nCOMMIT\n`,
    });
    const stands = queueing('-A chatgate -m comment --comment "chatgate: ask user space" -j NFQUEUE');
    const isInForce = (answers: Answers) => shared(answers).backend.isInstalled();
    expect(isInForce({ 'nft list': table, 'tables-save': stands })).toBe(true);
    expect(isInForce({ 'nft list': NO_SUCH_TABLE, 'tables-save': stands })).toBe(false);
    expect(isInForce({ 'nft list': table, 'ip6tables-save': queueing(''), 'tables-save': stands })).toBe(false);
    expect(isInForce({ 'nft list': table, 'ip6tables-save': stands })).toBe(false);
  });
});

describe('applying', () => {
  test.each([
    ['takes IPv6 back where IPv4 fails and nothing of ours stood before', '', true],
    ['leaves IPv6 closed where IPv4 fails and rules of ours stood before', ':chatgate - [0:0]', false],
  ])('%s, and names the line', (_, stoodBefore, isTakenBack) => {
    const { host, calls } = box({
      ...DEBIAN,
      'unshare ': {},
      'iptables-restore --noflush': { exitCode: 1, stderr: 'iptables-restore: line 2 failed' },
    });
    const ip6tablesRestores = () => calls.filter(({ line }) => line.startsWith('ip6tables-restore'));
    const remembering: Host = {
      ...host,
      run(command, args, input) {
        const done = host.run(command, args, input);
        const chain = ip6tablesRestores().length === 0 ? stoodBefore : ':chatgate - [0:0]';
        return command === 'ip6tables-save' ? { ...done, stdout: `*mangle\n${chain}\nCOMMIT\n` } : done;
      },
    };
    const backend = chooseBackend(remembering, 'iptables', PLAN);
    expect(() => backend.apply(PLAN)).toThrow(/line 2 failed\n {2}line 2: :chatgate /);
    expect(ip6tablesRestores()).toHaveLength(isTakenBack ? 2 : 1);
    expect(ip6tablesRestores().at(-1)?.input.includes('-X chatgate\n')).toBe(isTakenBack);
  });

  test('is not held up by a tool whose half of the kernel is missing', () => {
    const { host } = box({
      'nft --check': REFUSED,
      'nft list': { exitCode: 1, stderr: 'Unable to initialize Netlink socket: Protocol not supported' },
      'tables-nft-save': { exitCode: 1, stderr: 'Could not fetch rule set generation id: Invalid argument' },
      'tables --version': { stdout: 'iptables v1.8.9 (legacy)' },
    });
    const legacy = chooseBackend(host, 'auto', PLAN);
    expect(legacy.name).toBe('ip6tables (legacy) and iptables (legacy)');
    expect(() => legacy.apply(PLAN)).not.toThrow();
  });

  test('says that it needs root where that is what is missing', () => {
    const { host } = box({ 'nft list': NO_SUCH_TABLE, 'nft -f': { exitCode: 1, stderr: 'Operation not permitted' } });
    const nft = chooseBackend(host, 'nft', PLAN);
    expect(() => nft.apply(PLAN)).toThrow(/needs root, or CAP_NET_ADMIN/);
  });

  test('refuses an impossible plan before it asks anybody', () => {
    const { host, calls } = box(DEBIAN);
    expect(() => chooseBackend(host, 'auto', { ...PLAN, lanInterfaces: [] })).toThrow(RangeError);
    expect(calls).toEqual([]);
  });
});

test('removing goes on where one tool fails, and then says so', () => {
  const { host, calls } = box({
    ...DEBIAN,
    'nft list': { stdout: 'table inet chatgate {\n\tchain judge {\n\t\tdrop comment "chatgate: x"\n\t}\n}\n' },
    'nft -f': { exitCode: 1, stderr: 'Error: busy' },
    'iptables-save': { stdout: '*filter\n:chatgate - [0:0]\nCOMMIT\n' },
  });
  expect(() => removeFirewall(host)).toThrow(/busy/);
  expect(calls.some(({ line, input }) => line.startsWith('iptables-restore') && input.includes('-X chatgate'))).toBe(
    true,
  );
});
