import { describe, expect, test } from 'vitest';
import { chooseBackend, removeFirewall } from '../../src/firewall/choose-backend.ts';
import type { CommandResult, Host } from '../../src/firewall/host.ts';
import { PLAN } from './plans.ts';

type Answer = Partial<CommandResult>;

const DONE: CommandResult = { exitCode: 0, stdout: '', stderr: '' };
const MISSING: Answer = { exitCode: null };
const NO_SUCH_TABLE: Answer = { exitCode: 1, stderr: 'Error: No such file or directory; did you mean ...' };
const NO_QUEUE: Answer = { exitCode: 1, stderr: '/dev/stdin:9:3-7: Error: Could not process rule' };

/**
 * A box described by what its programs answer: the first entry of which the command line contains the key; all else
 * succeeds in silence.
 */
function box(answers: Readonly<Record<string, Answer>>, hasIpv6 = true) {
  const calls: { line: string; input: string }[] = [];
  const host: Host = {
    run(command, args, input = '') {
      const line = [command, ...args].join(' ');
      calls.push({ line, input });
      const key = Object.keys(answers).find((part) => line.includes(part));
      return { ...DONE, ...(key === undefined ? {} : answers[key]) };
    },
    speaksIpv6: () => hasIpv6,
  };
  return { host, calls };
}

const DEBIAN = {
  'tables --version': { stdout: 'iptables v1.8.9 (nf_tables)' },
  'nft list': NO_SUCH_TABLE,
} as const;

describe('which backend is chosen', () => {
  test.each<[string, Record<string, Answer>, boolean, string]>([
    ['nft where the kernel takes its rules', DEBIAN, true, 'nft'],
    [
      'iptables by its default variant where nft has no queue',
      { ...DEBIAN, 'nft --check': NO_QUEUE },
      true,
      'ip6tables (nft) and iptables (nft)',
    ],
    [
      'iptables where nft is not installed',
      { ...DEBIAN, 'nft -': MISSING },
      true,
      'ip6tables (nft) and iptables (nft)',
    ],
    [
      'the legacy variant where that is the default',
      { 'nft --check': NO_QUEUE, 'tables --version': { stdout: 'iptables v1.8.9 (legacy)' } },
      true,
      'ip6tables (legacy) and iptables (legacy)',
    ],
    [
      'the other variant for the family in which the default does not work',
      { ...DEBIAN, 'nft --check': NO_QUEUE, 'unshare --net iptables-restore': { exitCode: 4, stderr: 'no' } },
      true,
      'ip6tables (nft) and iptables (legacy)',
    ],
    [
      'iptables alone where the kernel has no IPv6',
      { ...DEBIAN, 'nft --check': NO_QUEUE, ip6tables: MISSING },
      false,
      'iptables (nft)',
    ],
    [
      'iptables untried where no namespace can be made to try it in',
      { ...DEBIAN, 'nft --check': NO_QUEUE, 'unshare ': { exitCode: 1, stderr: 'unshare: Operation not permitted' } },
      true,
      'ip6tables (nft) and iptables (nft)',
    ],
  ])('%s', (_, answers, hasIpv6, name) => {
    expect(chooseBackend(box(answers, hasIpv6).host, 'auto', PLAN).name).toBe(name);
  });

  test('none where IPv6 would stay open, and the message says why', () => {
    const noIp6tables = {
      ...DEBIAN,
      'nft --check': NO_QUEUE,
      'unshare --net ip6tables': {
        exitCode: 127,
        stderr: 'unshare: failed to execute ip6tables-restore: No such file',
      },
    };
    expect(() => chooseBackend(box(noIp6tables).host, 'auto', PLAN)).toThrow(
      /nft: .*Could not process rule(.|\n)*ip6tables.* is not installed: apt install iptables/,
    );
  });

  test('none but the one that was asked for', () => {
    expect(() => chooseBackend(box({ 'nft --check': MISSING }).host, 'nft', PLAN)).toThrow(/apt install nftables/);
    expect(chooseBackend(box(DEBIAN).host, 'iptables', PLAN).name).toBe('ip6tables (nft) and iptables (nft)');
  });

  test('nothing in force is touched by looking', () => {
    const { host, calls } = box({ ...DEBIAN, 'nft --check': NO_QUEUE });
    chooseBackend(host, 'auto', PLAN);
    for (const { line } of calls) expect(line).toMatch(/--version$|^nft --check|^unshare --net/);
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
      'nft --check': NO_QUEUE,
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
