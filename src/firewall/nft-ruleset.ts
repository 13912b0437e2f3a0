import { FlowState } from '../judge/flow-state.ts';
import { BARE_SEGMENT_NFT } from './bare-segment.ts';
import type { MarkLayout } from './mark.ts';
import { FIREWALL_NAME, type FirewallPlan, HANDSHAKE_BYTES } from './plan.ts';
import { portRanges } from './port-ranges.ts';

/**
 * The plan as one nft table of family inet, which filters IPv4 and IPv6 alike.
 *
 * Marks are compared and set by constants, one rule per state: kernels before 6.12 and nft before 1.1 cannot combine
 * two registers, as "copy these bits of one mark into the other" would need.
 */
export function renderNftTable(plan: FirewallPlan): string {
  return [
    `table inet ${FIREWALL_NAME} {`,
    ...set(
      'lan',
      'ifname',
      plan.lanInterfaces.map((name) => `"${name}"`),
    ),
    ...set('chat_ports', 'inet_service', portElements(plan), 'flags interval'),
    ...flowtable(plan.offloadDevices),
    ...judgeChains(plan),
    ...enforceChains(plan),
    '}',
    '',
  ].join('\n');
}

/** The same, taking the place of the table that stands now, if any: all in one transaction. */
export function renderNftReplacement(plan: FirewallPlan): string {
  return `${renderNftRemoval()}${renderNftTable(plan)}`;
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

/** Stage 1: which packets need no judging, and the rest to user space. */
function judgeChains(plan: FirewallPlan): readonly string[] {
  const { marks, queues, whenDown } = plan;
  const last = queues.first + queues.count - 1;
  const numbers = queues.count === 1 ? `${queues.first}` : `${queues.first}-${last}`;
  const queue = `queue num ${numbers}${whenDown === 'open' ? ' bypass' : ''}`;

  return [
    ...chain(
      'judge',
      [rule('iifname @lan goto undecided', 'from the phones'), rule('oifname @lan goto undecided', 'to the phones')],
      'forward priority mangle',
    ),
    ...chain('undecided', [
      rule('ct state invalid,untracked,related goto unusual', 'of no flow of its own'),
      rule(`${flowIs('allowed', marks)} return`, 'settled'),
      rule(`meta mark set meta mark & ${hex(~marks.mask)}`, 'only a verdict may set our bits'),
      rule(`${flowIs('denied', marks)} return`, 'settled, refused later on'),
      rule('iifname != @lan ct direction original goto inbound', 'opened from outside'),
      rule('meta l4proto tcp goto segment', 'may carry nothing'),
      rule('goto payload', 'carries something'),
    ]),
    ...chain('unusual', [
      rule(`meta mark set meta mark & ${hex(~marks.mask)}`, 'only a verdict may set our bits'),
      ...(['fresh', 'pending', 'followed', 'allowed'] as const).map((state) =>
        rule(
          `meta l4proto { icmp, ipv6-icmp } ct state related ${flowIs(state, marks)} return`,
          `error of a ${state} flow`,
        ),
      ),
      rule('drop', 'belongs to no flow, or would inherit the mark of another'),
    ]),
    ...chain('segment', [
      ...BARE_SEGMENT_NFT.map((bare) => rule(`${bare} goto bare`, 'carries nothing')),
      rule('goto payload', 'carries something'),
    ]),
    ...chain('payload', [
      rule(`ct direction reply ${flowIs('followed', marks)} return`, 'answers need no reading'),
      rule('goto ask', 'to be judged'),
    ]),
    ...chain('bare', [
      rule(
        `tcp flags & (fin | rst) != 0 ${flowIs('pending', marks)} goto ask`,
        'must not overtake what waits to be judged',
      ),
      rule(
        `tcp flags & (syn | ack | fin | rst) == syn | ack ct direction reply ` +
          `log group ${plan.handshakeGroup} snaplen ${HANDSHAKE_BYTES} queue-threshold 1`,
        'where the connection starts',
      ),
      rule(`ct mark & ${hex(marks.stateMask)} != 0 return`, 'of a known connection'),
      rule(
        'tcp flags & (syn | ack | fin | rst) == syn ct state new ct direction original tcp dport @chat_ports ' +
          `ct mark set ${withFlowState('fresh', marks)} return`,
        'a connection begins',
      ),
      rule('goto ask', 'of a connection never seen to begin'),
    ]),
    ...chain('inbound', [
      rule(`meta mark set meta mark | ${stateBits('inbound', marks)}`, 'opened from outside'),
      rule(queue, 'ask user space'),
    ]),
    ...chain('ask', [
      ...(['fresh', 'pending', 'followed'] as const).map((state) =>
        rule(`${flowIs(state, marks)} meta mark set meta mark | ${stateBits(state, marks)}`, `of a ${state} flow`),
      ),
      rule(`ct direction reply meta mark set meta mark | ${hex(marks.replyBit)}`, 'an answer'),
      rule(queue, 'ask user space'),
    ]),
  ];
}

/** Stage 2: keeps what user space said, and refuses what it denied. */
function enforceChains(plan: FirewallPlan): readonly string[] {
  const { marks, onDrop, offloadDevices } = plan;
  const shortCut = rule(
    `meta l4proto { tcp, udp } ${flowIs('allowed', marks)} flow add @${FLOWTABLE}`,
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
      [rule('iifname @lan goto verdict', 'from the phones'), rule('oifname @lan goto verdict', 'to the phones')],
      'forward priority filter - 1',
    ),
    ...chain('verdict', [
      ...(offloadDevices.length === 0 ? [] : [shortCut]),
      rule(`${flowIs('allowed', marks)} return`, 'settled'),
      ...(['pending', 'followed', 'allowed', 'denied'] as const).map((state) =>
        rule(`${packetIs(state, marks)} ct mark set ${withFlowState(state, marks)}`, `verdict: ${state}`),
      ),
      rule(`${flowIs('denied', marks)} goto refuse`, 'settled'),
    ]),
    ...chain('refuse', [
      rule(`${packetIs('denied', marks)} goto refusal`, 'just denied'),
      ...BARE_SEGMENT_NFT.map((bare) => rule(`${bare} return`, 'lets both ends let go')),
      rule('goto refusal', 'denied before'),
    ]),
    ...chain('refusal', refusal),
  ];
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
