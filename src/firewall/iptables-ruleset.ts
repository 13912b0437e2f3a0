import { FlowState } from '../judge/flow-state.ts';
import { bareSegmentIpv4, bareSegmentIpv6, bytecode } from './bare-segment.ts';
import type { IpFamily } from './ip-family.ts';
import { FIREWALL_NAME, type FirewallPlan } from './plan.ts';
import { type PortRange, portRanges } from './port-ranges.ts';

/** In the order in which they are put in place and taken away; see `iptables-place.ts`. */
export const TABLES = ['mangle', 'filter'] as const;
export type Table = (typeof TABLES)[number];

export interface Chain {
  readonly name: string;
  /** Each as iptables reads it after `-A name`. */
  readonly rules: readonly string[];
}

/** What stands in one table. */
export interface Chains {
  /** The rule of FORWARD that leads to the first chain. */
  readonly jump: string;
  readonly chains: readonly Chain[];
}

export type Ruleset = Readonly<Record<Table, Chains>>;

/** The first chain of either table, to which FORWARD jumps; the others are named after it. */
export const ENTRY_CHAIN = FIREWALL_NAME;

const JUMP = rule(`-j ${ENTRY_CHAIN}`, 'to and from the phones');

/** The plan for one family as the chains of both tables. Which lan interfaces there are is known to our chains only. */
export function iptablesRuleset(plan: FirewallPlan, family: IpFamily): Ruleset {
  return {
    mangle: { jump: JUMP, chains: judgeChains(plan, family) },
    filter: { jump: JUMP, chains: enforceChains(plan, family) },
  };
}

/** Stage 1: which packets need no judging, and the rest to user space. */
function judgeChains(plan: FirewallPlan, family: IpFamily): readonly Chain[] {
  const marks = markRules(plan);
  const { mask, stateMask, askedBit, replyBit, inboundBits } = plan.marks;
  const queue = queueTarget(plan);
  const icmp = family === 'ipv4' ? '-p icmp' : '-p ipv6-icmp';

  const known = [
    rule(`-m conntrack --ctstate INVALID,UNTRACKED,RELATED -g ${chainName('unusual')}`, 'of no flow of its own'),
    rule(`${marks.flowIs('allowed')} -j RETURN`, 'settled'),
    // Most packets of an undecided flow: acknowledgements. Those that carry bits of ours are not ours to leave alone.
    rule(
      `-m connmark ! --mark 0x0/${hex(stateMask)} -m mark --mark 0x0/${hex(mask)} ${bareSegment(family, true)} -j RETURN`,
      'of a known connection',
    ),
    rule(`-j MARK --set-xmark 0x0/${hex(mask)}`, 'only a verdict may set our bits'),
    rule(`${marks.flowIs('denied')} -j RETURN`, 'settled, refused later on'),
  ];
  const bare = rule(`${bareSegment(family, false)} -g ${chainName('bare')}`, 'carries nothing');
  const ask = rule(`-g ${chainName('ask')}`, 'to be judged');

  return [
    entry(plan, 'from', 'to'),
    chain('from', [
      ...known,
      // Whether a server is behind one of these interfaces, no match tells here: none is believed to be.
      rule(`-m conntrack --ctdir REPLY -g ${chainName('inbound')}`, 'an answer from where no server is'),
      bare,
      ask,
    ]),
    chain('to', [
      ...known,
      rule(`-m conntrack --ctdir ORIGINAL -g ${chainName('inbound')}`, 'opened from outside'),
      rule(`${marks.flowIs('followed')} -j RETURN`, 'answers need no reading'),
      bare,
      ask,
    ]),
    chain('unusual', [
      rule(`-j MARK --set-xmark 0x0/${hex(mask)}`, 'only a verdict may set our bits'),
      ...(['fresh', 'pending', 'followed', 'allowed'] as const).map((state) =>
        rule(`${icmp} -m conntrack --ctstate RELATED ${marks.flowIs(state)} -j RETURN`, `error of a ${state} flow`),
      ),
      rule('-j DROP', 'belongs to no flow, or would inherit the mark of another'),
    ]),
    chain('bare', [
      rule(
        `-p tcp ! --tcp-flags FIN,RST NONE ${marks.flowIs('pending')} -g ${chainName('ask')}`,
        'must not overtake what waits to be judged',
      ),
      rule(
        `-p tcp --tcp-flags SYN,ACK,FIN,RST SYN,ACK -m conntrack --ctdir REPLY -g ${chainName('ask')}`,
        'says where the connection starts',
      ),
      rule(`-m connmark ! --mark 0x0/${hex(stateMask)} -j RETURN`, 'of a known connection'),
      ...portConditions(plan).map((ports) =>
        rule(
          `-p tcp --tcp-flags SYN,ACK,FIN,RST SYN -m conntrack --ctstate NEW --ctdir ORIGINAL ${ports} ` +
            `-g ${chainName('fresh')}`,
          'a connection begins',
        ),
      ),
      rule(`-g ${chainName('ask')}`, 'of a connection never seen to begin'),
    ]),
    chain('fresh', [
      rule(`-j CONNMARK --set-xmark ${marks.bits('fresh')}/${hex(mask)}`, 'payload will tell what it is'),
    ]),
    chain('inbound', [
      rule(`-j MARK --set-xmark ${hex(inboundBits)}/${hex(mask)}`, 'goes the wrong way'),
      rule(queue, 'ask user space'),
    ]),
    chain('ask', [
      rule(`-j CONNMARK --restore-mark --nfmask ${hex(mask)} --ctmask ${hex(stateMask)}`, 'of which state'),
      rule(`-m conntrack --ctdir REPLY -j MARK --set-xmark ${hex(replyBit)}/${hex(replyBit)}`, 'about an answer'),
      rule(`-j MARK --set-xmark ${hex(askedBit)}/${hex(askedBit)}`, 'a question'),
      rule(queue, 'ask user space'),
    ]),
  ];
}

/** Stage 2: keeps what user space said, and refuses what it denied. */
function enforceChains(plan: FirewallPlan, family: IpFamily): readonly Chain[] {
  const marks = markRules(plan);
  const { mask, stateMask, askedBit } = plan.marks;
  const silence = [rule('-j DROP', 'denied')];
  const answer =
    family === 'ipv4'
      ? { icmp: '-p icmp', unreachable: 'icmp-port-unreachable' }
      : { icmp: '-p ipv6-icmp', unreachable: 'icmp6-port-unreachable' };

  return [
    entry(plan, 'verdict', 'verdict'),
    chain('verdict', [
      rule(`${marks.flowIs('allowed')} -j RETURN`, 'settled'),
      rule(
        `-m mark --mark 0x0/${hex(mask)} -m connmark --mark 0x0/${marks.settledBit} -j RETURN`,
        'undecided, and nothing was said of this packet',
      ),
      rule(
        `-m mark --mark ${hex(askedBit)}/${hex(askedBit)} -j ${plan.whenDown === 'open' ? 'RETURN' : 'DROP'}`,
        'nobody has answered',
      ),
      rule(
        `-m mark --mark ${marks.bits('greeting')}/${hex(stateMask)} -j MARK --set-xmark ${marks.bits('pending')}/${hex(stateMask)}`,
        'a greeting is looked at like any answer',
      ),
      rule(
        `-m mark ! --mark 0x0/${hex(stateMask)} -j CONNMARK --save-mark --nfmask ${hex(stateMask)} --ctmask ${hex(mask)}`,
        'the verdict on the flow',
      ),
      rule(`${marks.flowIs('denied')} -g ${chainName('refuse')}`, 'settled'),
    ]),
    chain('refuse', [
      rule(
        `${bareSegment(family, false)} -m mark ! --mark ${marks.bits('denied')}/${hex(stateMask)} -j RETURN`,
        'lets both ends let go',
      ),
      ...(plan.onDrop === 'drop'
        ? silence
        : [
            rule('-p tcp -j REJECT --reject-with tcp-reset', 'denied'),
            rule(`${answer.icmp} -j DROP`, 'denied'),
            rule(`-j REJECT --reject-with ${answer.unreachable}`, 'denied'),
          ]),
    ]),
  ];
}

function queueTarget({ queues: { first, count }, whenDown }: FirewallPlan): string {
  const numbers = count === 1 ? `--queue-num ${first}` : `--queue-balance ${first}:${first + count - 1}`;
  return `-j NFQUEUE ${numbers}${whenDown === 'open' ? ' --queue-bypass' : ''}`;
}

function entry(plan: FirewallPlan, from: string, to: string): Chain {
  return {
    name: ENTRY_CHAIN,
    rules: [
      ...plan.lanInterfaces.map((name) => rule(`-i ${name} -g ${chainName(from)}`, 'from the phones')),
      ...plan.lanInterfaces.map((name) => rule(`-o ${name} -g ${chainName(to)}`, 'to the phones')),
    ],
  };
}

function chain(suffix: string, rules: readonly string[]): Chain {
  return { name: chainName(suffix), rules };
}

function chainName(suffix: string): string {
  return `${ENTRY_CHAIN}-${suffix}`;
}

/** Matches are tried in their order, and a comment is one that costs time: it comes last, before the target. */
function rule(body: string, purpose: string): string {
  const target = body.search(/(?<!\S)-[jg] /);
  return `${body.slice(0, target)}-m comment --comment "${FIREWALL_NAME}: ${purpose}" ${body.slice(target)}`;
}

function bareSegment(family: IpFamily, isQuiet: boolean): string {
  const program = family === 'ipv4' ? bareSegmentIpv4(isQuiet) : bareSegmentIpv6(isQuiet);
  return `-p tcp -m bpf --bytecode "${bytecode(program)}"`;
}

/** The kernel's multiport match holds this many numbers, a range taking two. */
const MULTIPORT_SLOTS = 15;

function portConditions(plan: FirewallPlan): readonly string[] {
  const groups: PortRange[][] = [];
  let free = 0;
  for (const range of portRanges(plan.tcpPorts)) {
    const slots = range.from === range.to ? 1 : 2;
    const group = groups.at(-1);
    if (group === undefined || slots > free) {
      groups.push([range]);
      free = MULTIPORT_SLOTS - slots;
    } else {
      group.push(range);
      free -= slots;
    }
  }
  return groups.map((group) => {
    const ports = group.map(({ from, to }) => (from === to ? `${from}` : `${from}:${to}`));
    return `-m multiport --dports ${ports.join(',')}`;
  });
}

function markRules({ marks }: FirewallPlan) {
  type StateName = keyof typeof FlowState;
  const bits = (state: StateName) => hex(FlowState[state] << marks.shift);
  const state = (name: StateName) => `${bits(name)}/${hex(marks.stateMask)}`;
  return {
    bits,
    /** Set in every state that the kernel deals with alone. */
    settledBit: hex((FlowState.allowed & FlowState.denied & ~FlowState.followed) << marks.shift),
    flowIs: (name: StateName) => `-m connmark --mark ${state(name)}`,
  };
}

function hex(bits: number): string {
  return `0x${(bits >>> 0).toString(16)}`;
}
