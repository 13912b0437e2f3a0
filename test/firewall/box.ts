import type { CommandResult, Host } from '../../src/firewall/host.ts';

export type Answer = Partial<CommandResult>;
/** Some programs answer by what they are fed. */
export type Answers = Readonly<Record<string, Answer | ((input: string) => Answer)>>;

export interface Box {
  readonly hasIpv6?: boolean;
  readonly kernel?: string;
  /** How it answers to a transaction of nf_tables. */
  readonly errnos?: (message: Buffer) => readonly number[];
  /** How it answers who asks for our table of nf_tables and for chains of it. */
  readonly table?: readonly number[];
  /** How it answers who asks for our chain in the tables of iptables. */
  readonly chains?: readonly number[];
  /** The tables of iptables' legacy variant. */
  readonly legacy?: readonly string[] | null;
}

export const ENOENT = 2;
/** None of our chains stands. */
export const ABSENT = [ENOENT, ENOENT, ENOENT, ENOENT];

export const NO_SUCH_TABLE: Answer = { exitCode: 1, stderr: 'Error: No such file or directory; did you mean ...' };
/** The instructions nft makes of the rule that keeps where a stream starts. */
export const TAKEN: Answer = {
  stdout: '  [ payload load 4b @ transport header + 8 => reg 1 ]\n  [ ct set secmark with reg 1 ]\n',
};
export const DEBIAN = {
  '--check': TAKEN,
  'tables --version': { stdout: 'iptables v1.8.9 (nf_tables)' },
  'nft list': NO_SUCH_TABLE,
} as const;

const DONE: CommandResult = { exitCode: 0, stdout: '', stderr: '' };

/** Our table of nf_tables stands, with its chains. */
export const STANDING = [0, 0, 0, 0, 0, 0];

const asksForTable = (message: Buffer) => message.readUInt16LE(4) === 0x0a01;
const asksForChains = (message: Buffer) => message.readUInt16LE(4) === 0x0a04;

/** What a batch must end with for anything to come of it. */
export const isCommitted = (message: Buffer) => message.readUInt16LE(message.length - 20 + 4) === 0x11;

/**
 * A box described by what its programs answer: the first entry of which the command line contains the key; all else
 * succeeds in silence. What is only looked for in the kernel is asked, and no call.
 */
export function box(
  answers: Answers,
  {
    hasIpv6 = true,
    kernel = '6.1.0-18-amd64',
    errnos = () => [0, 0, 0],
    table = [ENOENT],
    chains = ABSENT,
    legacy = [],
  }: Box = {},
) {
  const calls: { line: string; input: string }[] = [];
  const asked: Uint8Array[] = [];
  const host: Host = {
    run(command, args, input = '') {
      const line = [command, ...args].join(' ');
      calls.push({ line, input });
      const [, answer = {}] = Object.entries(answers).find(([part]) => line.includes(part)) ?? [];
      return { ...DONE, ...(typeof answer === 'function' ? answer(input) : answer) };
    },
    requestNfnetlink(datagram) {
      const message = Buffer.from(datagram);
      if (asksForTable(message) || asksForChains(message)) {
        asked.push(datagram);
        return asksForTable(message) ? table : chains;
      }
      calls.push({ line: isCommitted(message) ? 'nfnetlink' : 'nfnetlink trial', input: message.toString('latin1') });
      return errnos(message);
    },
    legacyTables: () => legacy,
    kernelRelease: () => kernel,
    speaksIpv6: () => hasIpv6,
  };
  return { host, calls, asked };
}
