import type { IpFamily } from './ip-family.ts';
import { bareSegment, type Chain, chain, chainName, entry, hex, ICMP, markRules, rule } from './iptables-syntax.ts';
import { type FirewallPlan, UNDECIDED_ERRORS_A_SECOND } from './plan.ts';
import { type PortRange, portRanges } from './port-ranges.ts';

/** Stage 1: which packets need no judging, and the rest to user space. */
export function judgeChains(plan: FirewallPlan, family: IpFamily): readonly Chain[] {
  const marks = markRules(plan);
  const { mask, stateMask, askedBit, replyBit, inboundBits } = plan.marks;
  const queue = queueTarget(plan);
  const noVerdict = `-j MARK --set-xmark 0x0/${hex(mask)}`;
  const error = `${ICMP[family]} -m conntrack --ctstate RELATED`;
  const few = `-m limit --limit ${UNDECIDED_ERRORS_A_SECOND}/sec --limit-burst ${UNDECIDED_ERRORS_A_SECOND}`;

  const known = (unusual: string) => [
    rule(`-m conntrack --ctstate INVALID,UNTRACKED,RELATED -g ${chainName(unusual)}`, 'of no flow of its own'),
    rule(`${marks.flowIs('allowed')} -j RETURN`, 'settled'),
    // Most packets of an undecided flow: acknowledgements. Those that carry bits of ours are not ours to leave alone.
    rule(
      `-m connmark ! --mark 0x0/${hex(stateMask)} -m mark --mark 0x0/${hex(mask)} ${bareSegment(family, true)} -j RETURN`,
      'of a known connection',
    ),
    rule(noVerdict, 'only a verdict may set our bits'),
    rule(`${marks.flowIs('denied')} -j RETURN`, 'settled, refused later on'),
  ];
  const bare = rule(`${bareSegment(family, false)} -g ${chainName('bare')}`, 'carries nothing');
  const ask = rule(`-g ${chainName('ask')}`, 'to be judged');

  return [
    entry(plan, 'from', 'to'),
    chain('from', [
      ...known('unusual'),
      // Whether a server is behind one of these interfaces, no match tells here: none is believed to be.
      rule(`-m conntrack --ctdir REPLY -g ${chainName('inbound')}`, 'an answer from where no server is'),
      bare,
      ask,
    ]),
    chain('to', [
      ...known('errors'),
      rule(`-m conntrack --ctdir ORIGINAL -g ${chainName('inbound')}`, 'opened from outside'),
      rule(`${marks.flowIs('followed')} -j RETURN`, 'answers need no reading'),
      bare,
      ask,
    ]),
    chain('errors', [
      rule(noVerdict, 'only a verdict may set our bits'),
      ...(['fresh', 'pending'] as const).map((state) =>
        rule(`${error} ${marks.flowIs(state)} ${few} -j RETURN`, `error of a ${state} flow, for the phone`),
      ),
      rule(`-g ${chainName('unusual')}`, 'of no flow of its own'),
    ]),
    chain('unusual', [
      rule(noVerdict, 'only a verdict may set our bits'),
      ...(['followed', 'allowed'] as const).map((state) =>
        rule(`${error} ${marks.flowIs(state)} -j RETURN`, `error of a ${state} flow`),
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

function queueTarget({ queues: { first, count }, whenDown }: FirewallPlan): string {
  const numbers = count === 1 ? `--queue-num ${first}` : `--queue-balance ${first}:${first + count - 1}`;
  return `-j NFQUEUE ${numbers}${whenDown === 'open' ? ' --queue-bypass' : ''}`;
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
