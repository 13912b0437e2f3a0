import { FlowState } from '../judge/flow-state.ts';
import {
  BARE_SEGMENT_NFT,
  flagBits,
  flags,
  LONGER_THAN_BARE_NFT,
  QUIET_SEGMENT_NFT,
  TCP_IPV4_NFT,
  TCP_IPV6_NFT,
} from './bare-segment-nft.ts';
import type { MarkLayout } from './mark.ts';
import { FIREWALL_NAME, type FirewallPlan, HANDSHAKE_BYTES } from './plan.ts';
import { portRanges } from './port-ranges.ts';
import { SERVER_HELLO_NFT } from './server-hello-nft.ts';

/** `all-but-queueing`: packets that ask (see `MarkLayout`) are left to a rule of iptables, right behind stage 1. */
export type NftPart = 'everything' | 'all-but-queueing';

/**
 * The plan as one nft table of family inet, which filters IPv4 and IPv6 alike.
 *
 * Marks are compared and set by constants, one rule per state: kernels before 6.12 and nft before 1.1 cannot combine
 * two registers, as "copy these bits of one mark into the other" would need.
 */
export function renderNftTable(plan: FirewallPlan, part: NftPart): string {
  return [
    `table inet ${FIREWALL_NAME} {`,
    ...set('chat_ports', 'inet_service', portElements(plan), 'flags interval'),
    ...flowtable(plan.offloadDevices),
    ...judgeChains(plan, part),
    ...enforceChains(plan),
    '}',
    '',
  ].join('\n');
}

/** The same, taking the place of the table that stands now, if any: all in one transaction. */
export function renderNftReplacement(plan: FirewallPlan, part: NftPart): string {
  return `${renderNftRemoval()}${renderNftTable(plan, part)}`;
}

/** Declared first, because only a table that exists can be deleted. */
export function renderNftRemoval(): string {
  return `table inet ${FIREWALL_NAME} {}\ndelete table inet ${FIREWALL_NAME}\n`;
}

function portElements(plan: FirewallPlan): readonly string[] {
  return portRanges(plan.tcpPorts).map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`));
}

function set(name: string, type: string, elements: readonly string[], flags?: string): readonly string[] {
  return [
    `\tset ${name} {`,
    `\t\ttype ${type}`,
    ...(flags === undefined ? [] : [`\t\t${flags}`]),
    ...(elements.length === 0 ? [] : [`\t\telements = { ${elements.join(', ')} }`]),
    '\t}',
  ];
}

const FLOWTABLE = 'allowed_flows';

function flowtable(devices: readonly string[]): readonly string[] {
  if (devices.length === 0) return [];
  const names = devices.map((name) => `"${name}"`).join(', ');
  return [`\tflowtable ${FLOWTABLE} {`, '\t\thook ingress priority filter', `\t\tdevices = { ${names} }`, '\t}'];
}

function chain(name: string, rules: readonly string[], hook?: string): readonly string[] {
  const head = hook === undefined ? [] : [`\t\ttype filter hook ${hook}; policy accept;`];
  return [`\tchain ${name} {`, ...head, ...rules.map((rule) => `\t\t${rule}`), '\t}'];
}

function rule(body: string, purpose: string): string {
  return `${body} comment "${FIREWALL_NAME}: ${purpose}"`;
}

/** No way leads back to the sender's address by the interface the packet came in on. */
const COMES_ASTRAY = 'fib saddr . iif oif missing';

/** Stage 1: which packets need no judging, and the rest to user space. */
function judgeChains(plan: FirewallPlan, part: NftPart): readonly string[] {
  const { marks } = plan;
  const lan = interfaces(plan.lanInterfaces);
  const hasNoState = `ct mark & ${hex(marks.stateMask)} == 0`;
  const hasState = `ct mark & ${hex(marks.stateMask)} != 0`;
  const isFollowed = flowIs('followed', marks);

  const start = [
    rule(`meta mark & ${hex(marks.mask)} != 0 meta mark set meta mark & ${hex(~marks.mask)}`, 'only we set our bits'),
    rule('ct state invalid,untracked,related goto unusual', 'of no flow of its own'),
  ];
  const rest = [
    rule(`${TCP_IPV4_NFT} goto segment4`, 'may carry nothing'),
    rule(`${TCP_IPV6_NFT} goto segment6`, 'may carry nothing'),
    rule('goto payload', 'carries something'),
  ];
  const segment = (longer: string, bareSegments: readonly string[]) => [
    rule(`${longer} goto payload`, 'carries something'),
    ...bareSegments.map((bare) => rule(`${bare} goto bare`, 'carries nothing')),
    rule('goto payload', 'carries something'),
  ];

  return [
    // Every packet of a download comes by here, and each condition costs it: those by name twice as much as others.
    ...chain(
      'judge',
      [
        rule(`${flowIs('allowed', marks)} ct state established meta mark & ${hex(marks.mask)} == 0 return`, 'settled'),
        rule(`${hasState} goto known`, 'of a flow that has been met'),
        rule(`iifname ${lan} goto from`, 'from the phones'),
        rule(`oifname ${lan} goto to`, 'to the phones'),
      ],
      'forward priority mangle - 1',
    ),
    ...chain('known', [
      ...start,
      // A server's SYN-ACK says where the connection starts, even where data on the SYN has been judged already.
      rule(`${isFollowed} ct direction reply ${flags('syn')} == 0 return`, 'answers need no reading'),
      // Most packets of an undecided flow are acknowledgements: a short way for those.
      ...QUIET_SEGMENT_NFT.map((bare) => rule(`${bare} return`, 'carries nothing')),
      rule(`iifname != ${lan} oifname != ${lan} return`, 'its way is none of ours any more'),
      rule(`${flowIs('allowed', marks)} return`, 'settled'),
      rule(`${flowIs('denied', marks)} goto refuse`, 'denied before'),
      rule(`ct direction original iifname != ${lan} goto inbound`, 'opened from outside'),
      rule(`ct direction reply iifname ${lan} ${COMES_ASTRAY} goto inbound`, 'an answer from where no server is'),
      ...SERVER_HELLO_NFT.map((hello) =>
        rule(
          `${flowIs('greeting', marks)} ct direction reply ${hello} ct mark set ${withFlowState('allowed', marks)} return`,
          'the server has taken the hello that was judged',
        ),
      ),
      ...rest,
    ]),
    ...chain('from', [
      ...start,
      rule(`ct direction reply ${COMES_ASTRAY} goto inbound`, 'an answer from where no server is'),
      ...rest,
    ]),
    ...chain('to', [...start, rule('ct direction original goto inbound', 'opened from outside'), ...rest]),
    ...chain('unusual', [
      ...(['fresh', 'pending', 'greeting', 'followed', 'allowed'] as const).map((state) =>
        rule(
          `meta l4proto { icmp, ipv6-icmp } ct state related ${flowIs(state, marks)} return`,
          `error of a ${state} flow`,
        ),
      ),
      rule('drop', 'belongs to no flow, or would inherit the mark of another'),
    ]),
    ...chain('segment4', segment(LONGER_THAN_BARE_NFT.ipv4, BARE_SEGMENT_NFT.ipv4)),
    ...chain('segment6', segment(LONGER_THAN_BARE_NFT.ipv6, BARE_SEGMENT_NFT.ipv6)),
    ...chain('payload', [
      rule(`ct direction reply ${isFollowed} return`, 'answers need no reading'),
      rule('goto ask', 'to be judged'),
    ]),
    ...chain('bare', [
      rule(
        `${flags('syn', 'ack', 'fin', 'rst')} == ${flagBits('syn')} ${hasNoState} ct state new ct direction original ` +
          `tcp dport @chat_ports ct mark set ${withFlowState('fresh', marks)} return`,
        'a connection begins',
      ),
      rule(
        `${flags('syn', 'ack', 'fin', 'rst')} == ${flagBits('syn', 'ack')} ct direction reply ` +
          `log group ${plan.handshakeGroup} snaplen ${HANDSHAKE_BYTES} queue-threshold 1`,
        'where the connection starts',
      ),
      ...(['pending', 'greeting'] as const).map((state) =>
        rule(`${flags('fin', 'rst')} != 0 ${flowIs(state, marks)} goto ask`, 'must not overtake what waits'),
      ),
      rule(`${hasState} return`, 'of a known connection'),
      rule('goto ask', 'of a connection never seen to begin'),
    ]),
    ...chain('inbound', [
      rule(`meta mark set meta mark | ${hex(marks.inboundBits)} goto question`, 'goes the wrong way'),
    ]),
    ...chain('ask', [
      rule(`ct direction reply meta mark set meta mark | ${hex(marks.replyBit)}`, 'about an answer'),
      ...(['fresh', 'followed', 'pending', 'greeting'] as const).map((state) => {
        const askedAs = FlowState[state === 'greeting' ? 'pending' : state];
        return rule(
          `${flowIs(state, marks)} meta mark set meta mark | ${hex(marks.askedBit | (askedAs << marks.shift))} goto question`,
          `of a ${state} flow`,
        );
      }),
      rule(`meta mark set meta mark | ${hex(marks.askedBit)} goto question`, 'of an unknown flow'),
    ]),
    ...chain('question', part === 'everything' ? [rule(queueStatement(plan), 'ask user space')] : []),
  ];
}

function queueStatement({ queues: { first, count }, whenDown }: FirewallPlan): string {
  const numbers = count === 1 ? `${first}` : `${first}-${first + count - 1}`;
  return `queue num ${numbers}${whenDown === 'open' ? ' bypass' : ''}`;
}

/** Stage 2: keeps what user space said, and refuses what it denied. */
function enforceChains(plan: FirewallPlan): readonly string[] {
  const { marks, onDrop, offloadDevices, whenDown } = plan;
  const lan = interfaces(plan.lanInterfaces);
  const isDenied = flowIs('denied', marks);
  const shortCut = (side: 'iifname' | 'oifname') =>
    rule(
      `meta l4proto { tcp, udp } ${flowIs('allowed', marks)} ${side} ${lan} flow add @${FLOWTABLE}`,
      'takes the short cut from now on',
    );
  const refusal =
    onDrop === 'drop'
      ? [rule('drop', 'denied')]
      : [
          rule('meta l4proto tcp reject with tcp reset', 'denied'),
          rule('meta l4proto { icmp, ipv6-icmp } drop', 'denied'),
          rule('reject with icmpx type port-unreachable', 'denied'),
        ];

  return [
    ...chain(
      'enforce',
      [
        ...(offloadDevices.length === 0 ? [] : [shortCut('iifname'), shortCut('oifname')]),
        rule(`meta mark & ${hex(marks.mask)} == 0 return`, 'nothing was said of this packet'),
        rule(`iifname ${lan} goto verdict`, 'from the phones'),
        rule(`oifname ${lan} goto verdict`, 'to the phones'),
      ],
      'forward priority filter - 1',
    ),
    ...chain('verdict', [
      rule(`meta mark & ${hex(marks.askedBit)} != 0 ${whenDown === 'open' ? 'return' : 'drop'}`, 'nobody has answered'),
      // What was on its way when its flow was settled does not unsettle it.
      rule(`${flowIs('allowed', marks)} return`, 'settled'),
      ...(['followed', 'greeting', 'allowed', 'pending', 'denied'] as const).map((state) =>
        rule(`${packetIs(state, marks)} ct mark set ${withFlowState(state, marks)}`, `verdict: ${state}`),
      ),
      rule(`${packetIs('denied', marks)} goto refusal`, 'just denied'),
      rule(`${isDenied} goto refuse`, 'denied before'),
    ]),
    ...chain('refuse', [
      ...[
        ...BARE_SEGMENT_NFT.ipv4.map((bare) => `${TCP_IPV4_NFT} ${bare}`),
        ...BARE_SEGMENT_NFT.ipv6.map((bare) => `${TCP_IPV6_NFT} ${bare}`),
      ].map((bare) => rule(`${bare} return`, 'lets both ends let go')),
      rule('goto refusal', 'denied before'),
    ]),
    ...chain('refusal', refusal),
  ];
}

/** One name is compared as it is; several take a set to look it up in. */
function interfaces(names: readonly string[]): string {
  const quoted = names.map((name) => `"${name}"`);
  return quoted.length === 1 ? quoted.join() : `{ ${quoted.join(', ')} }`;
}

type StateName = keyof typeof FlowState;

function stateBits(state: StateName, marks: MarkLayout): string {
  return hex(FlowState[state] << marks.shift);
}

function flowIs(state: StateName, marks: MarkLayout): string {
  return `ct mark & ${hex(marks.stateMask)} == ${stateBits(state, marks)}`;
}

function packetIs(state: StateName, marks: MarkLayout): string {
  return `meta mark & ${hex(marks.stateMask)} == ${stateBits(state, marks)}`;
}

/** The flow's own mark, our bits replaced. */
function withFlowState(state: StateName, marks: MarkLayout): string {
  return `ct mark & ${hex(~marks.mask)} | ${stateBits(state, marks)}`;
}

function hex(bits: number): string {
  return `0x${(bits >>> 0).toString(16).padStart(8, '0')}`;
}
