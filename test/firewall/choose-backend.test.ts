import { describe, expect, test } from 'vitest';
import { type BackendPreference, chooseBackend, removeFirewall } from '../../src/firewall/choose-backend.ts';
import { FirewallError } from '../../src/firewall/firewall-error.ts';
import type { Host } from '../../src/firewall/host.ts';
import type { Dealings } from '../../src/firewall/place.ts';
import {
  type Answer,
  type Answers,
  type Box,
  box,
  DEBIAN,
  ENOENT,
  isCommitted,
  NO_SUCH_TABLE,
  STANDING,
  TAKEN,
} from './box.ts';
import { PLAN } from './plans.ts';

const MISSING: Answer = { exitCode: null };
const TURNED: Answer = {
  stdout:
    '  [ payload load 4b @ transport header + 8 => reg 1 ]\n  [ byteorder reg 1 = ntoh(reg 1, 4, 4) ]\n' +
    '  [ ct set secmark with reg 1 ]\n',
};
const NO_SECMARK = (input: string): Answer =>
  input.includes('secmark') ? { exitCode: 1, stderr: '/dev/stdin:77:3-7: Error: Could not process rule' } : TAKEN;
const REFUSED: Answer = { exitCode: 1, stderr: '/dev/stdin:9:3-7: Error: Could not process rule' };

/** Kernels that refuse rules with such an expression. */
const without =
  (...names: readonly string[]) =>
  (message: Buffer) =>
    isCommitted(message) ? [0] : [0, 0, ...['queue', 'NFQUEUE'].map((name) => (names.includes(name) ? ENOENT : 0))];
const NO_QUEUE: Box = { errnos: without('queue') };

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

  test('nft with xtables’ queue in it where nft has none, whatever iptables can do', () => {
    for (const answers of [{}, { tables: MISSING }]) {
      const { host, calls } = box({ ...DEBIAN, ...answers }, NO_QUEUE);
      for (const preference of ['auto', 'nft'] as const) {
        const backend = chooseBackend(host, preference, PLAN);
        expect(backend.name).toBe('nft');
        calls.length = 0;
        backend.apply(PLAN);
        expect(calls.filter(({ line }) => line === 'nfnetlink')).toHaveLength(1);
      }
    }
  });

  test('iptables where nft has no queue, and the kernel takes none of xtables there', () => {
    const { host } = box(DEBIAN, { errnos: without('queue', 'NFQUEUE') });
    expect(chooseBackend(host, 'auto', PLAN).name).toBe('ip6tables (nft) and iptables (nft)');
    expect(() => chooseBackend(host, 'nft', PLAN)).toThrow(/cannot queue packets by xtables in nft \(ENOENT; /);
  });

  test.each([
    ['4.19.0', true],
    ['5.17.9-arch1', true],
    ['5.18.0', false],
    ['6.1.0-18-amd64', false],
    ['10.0', false],
  ])('a kernel %s is too old for nft: %s', (kernel, isTooOld) => {
    const { host, calls } = box(DEBIAN, { kernel });
    expect(chooseBackend(host, 'auto', PLAN).name).toBe(isTooOld ? 'ip6tables (nft) and iptables (nft)' : 'nft');
    if (!isTooOld) return;
    expect(calls.filter(({ line }) => line.startsWith('nft '))).toEqual([]);
    expect(() => chooseBackend(host, 'nft', PLAN)).toThrow(`this kernel (${kernel}) is older than 5.18`);
  });

  test.each<[string, Answers, Box, BackendPreference, Dealings]>([
    ['nft as it is on Debian', {}, {}, 'nft', { verdicts: 'repeat', starts: 'told' }],
    [
      'nft on a kernel that keeps no secmark',
      { '--check': NO_SECMARK },
      {},
      'nft',
      { verdicts: 'repeat', starts: 'asked' },
    ],
    ['an nft that turns numbers around', { '--check': TURNED }, {}, 'nft', { verdicts: 'repeat', starts: 'asked' }],
    ['xtables’ queue in nft', {}, NO_QUEUE, 'nft', { verdicts: 'repeat', starts: 'told' }],
    ['iptables', {}, {}, 'iptables', { verdicts: 'accept', starts: 'asked' }],
  ])('what user space has to know: %s', (_, answers, kernel, preference, dealings) => {
    const { host } = box({ ...DEBIAN, ...answers }, kernel);
    expect(chooseBackend(host, preference, PLAN).dealings).toEqual(dealings);
  });

  test.each(BY_IPTABLES)('where the kernel does not take nft’s rules, %s', (_, answers, hasIpv6, name) => {
    const { host } = box({ ...DEBIAN, '--check': REFUSED, ...answers }, { hasIpv6 });
    expect(chooseBackend(host, 'auto', PLAN).name).toBe(name);
  });

  test.each(BY_IPTABLES)('where nft is not installed, %s', (_, answers, hasIpv6, name) => {
    const { host } = box({ 'nft -': MISSING, ...DEBIAN, ...answers }, { hasIpv6 });
    expect(chooseBackend(host, 'auto', PLAN).name).toBe(name);
  });

  test.each(BY_IPTABLES)('where iptables is asked for, %s, whatever nft can do', (_, answers, hasIpv6, name) => {
    const { host, calls } = box({ ...DEBIAN, ...answers }, { hasIpv6 });
    expect(chooseBackend(host, 'iptables', PLAN).name).toBe(name);
    expect(calls.filter(({ line }) => line.startsWith('nft '))).toEqual([]);
  });

  test.each<[string, Answers, Box, RegExp]>([
    [
      'nft’s rules',
      { '--check': REFUSED },
      {},
      /nft: .*Could not process rule(.|\n)*ip6tables.* is not installed: apt install iptables/,
    ],
    [
      'a queue in nft',
      {},
      { errnos: without('queue', 'NFQUEUE') },
      /nft: this kernel cannot queue packets by nft \(ENOENT; module nft_queue\)(.|\n)*by xtables in nft(.|\n)*ip6tables.* is not installed/,
    ],
    ['rights', { '--check': REFUSED }, { errnos: () => [1] }, /nft: it needs root, or CAP_NET_ADMIN/],
  ])('none where IPv6 would stay open for want of %s and of ip6tables, and the message says why', (...given) => {
    const [, answers, kernel, message] = given;
    const { host } = box({ ...DEBIAN, ...answers, ...NO_IP6TABLES }, kernel);
    expect(() => chooseBackend(host, 'auto', PLAN)).toThrow(message);
  });

  test('what is wrong with a tool is said once, however often it was tried', () => {
    const { host } = box({ ...DEBIAN, '--check': REFUSED, ...NO_IP6TABLES });
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
    expect(() => chooseBackend(box({ ...DEBIAN, '--check': MISSING }).host, 'nft', PLAN)).toThrow(
      /apt install nftables/,
    );
    expect(() => chooseBackend(box({ ...DEBIAN, '--check': REFUSED }).host, 'nft', PLAN)).toThrow(
      /Could not process rule/,
    );
    expect(chooseBackend(box(DEBIAN).host, 'iptables', PLAN).name).toBe('ip6tables (nft) and iptables (nft)');
  });

  test('a kernel that keeps no secmark is tried with each set of rules once', () => {
    const { host, calls } = box({ ...DEBIAN, '--check': NO_SECMARK });
    chooseBackend(host, 'auto', PLAN);
    expect(calls.filter(({ line }) => line.includes('--check'))).toHaveLength(2);
  });

  test('nothing in force is touched by looking', () => {
    const looking = (answers: Answers) => {
      const { host, calls } = box({ ...DEBIAN, ...answers }, NO_QUEUE);
      chooseBackend(host, 'auto', PLAN);
      return calls.map(({ line }) => line);
    };
    const check = 'nft --debug=netlink --check -f -';
    expect(looking({})).toEqual(['nfnetlink trial', check]);
    const further = looking({ '--check': REFUSED });
    expect(further.length).toBeGreaterThan(4);
    for (const line of further) expect(line).toMatch(/--version$|^nft .*--check|^unshare --net|^nfnetlink trial$/);
  });

  test('with nft, no iptables is run where the kernel holds nothing of ours that one of them put there', () => {
    const { host, calls } = box(DEBIAN);
    chooseBackend(host, 'auto', PLAN).apply(PLAN);
    expect(calls.filter(({ line }) => line.includes('tables'))).toEqual([]);
  });

  test('the short cut is for those with nft in them', () => {
    const canOffload = (answers: Answers, kernel?: Box) =>
      chooseBackend(box({ ...DEBIAN, ...answers }, kernel).host, 'auto', PLAN).canOffload;
    expect(canOffload({})).toBe(true);
    expect(canOffload({}, NO_QUEUE)).toBe(true);
    expect(canOffload({ '--check': REFUSED })).toBe(false);
  });
});

describe('nft with xtables’ queue', () => {
  const OUR_TABLE =
    'table inet chatgate {\n\tchain judge {\n\t\ttype filter hook forward priority mangle - 1\n' +
    '\t\tdrop comment "chatgate: x"\n\t}\n';
  /** As iptables-save prints a box on which all was left to iptables before. */
  const WHOLE = [
    '*mangle',
    ':FORWARD ACCEPT [0:0]',
    ':chatgate - [0:0]',
    '-A FORWARD -m comment --comment "chatgate: to and from the phones" -j chatgate',
    'COMMIT',
    '',
  ].join('\n');

  function made(answers: Answers = {}, kernel = NO_QUEUE) {
    const { host, calls } = box({ ...DEBIAN, ...answers }, kernel);
    const backend = chooseBackend(host, 'auto', PLAN);
    calls.length = 0;
    return { backend, fed: () => calls.filter(({ line }) => /^nft -f|-restore |^nfnetlink/.test(line)) };
  }

  test('closes the way, then queues, and is in force before what others did goes', () => {
    const { backend, fed } = made({ 'tables-legacy-save': { stdout: WHOLE } }, { ...NO_QUEUE, legacy: ['mangle'] });
    backend.apply(PLAN);
    const [table, queue, ...cleared] = fed();
    expect(table?.line).toBe('nft -f -');
    expect(table?.input).toContain('hook forward priority mangle - 1;');
    expect(table?.input).not.toContain('queue num');
    expect(table?.input).toMatch(/chain question \{\n\t\tdrop comment/);
    expect(queue?.line).toBe('nfnetlink');
    expect(queue?.input).toContain('NFQUEUE');
    expect(queue?.input).toContain('chatgate: ask user space');
    expect(backend.render(PLAN)).toMatch(/\n}\n# .* NFQUEUE, queues 0 to 1\n$/);
    expect(cleared.map(({ line }) => line.split(' ')[0])).toEqual([
      'ip6tables-legacy-restore',
      'iptables-legacy-restore',
    ]);
  });

  test.each([
    ['takes the table back where nothing of ours stood before', [ENOENT], {}, 2],
    ['leaves the way closed where a table of ours stood before', STANDING, {}, 1],
    ['leaves the way closed where an older table of ours stood before', [0, ENOENT], { stdout: OUR_TABLE }, 1],
  ])('%s and the kernel refuses the rule that queues', (_, table, listed, times) => {
    const errnos = (message: Buffer) => (isCommitted(message) ? [95] : without('queue')(message));
    const { backend, fed } = made({ 'nft list': listed }, { errnos, table });
    expect(() => backend.apply(PLAN)).toThrow(/refused a rule that queues by xtables: ENOTSUP/);
    const tables = fed().filter(({ line }) => line === 'nft -f -');
    expect(tables).toHaveLength(times);
    expect(tables.at(-1)?.input.endsWith('delete table inet chatgate\n')).toBe(times === 2);
  });

  test('is in force where its table stands and queues', () => {
    const isInForce = (stdout: string) => made({ 'nft list': { stdout } }).backend.isInstalled();
    expect(isInForce(`${OUR_TABLE}queue num 0-1 comment "chatgate: ask user space"`)).toBe(true);
    expect(isInForce(OUR_TABLE)).toBe(false);
    expect(isInForce('')).toBe(false);
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
      '--check': REFUSED,
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
