import {
  BARE_SEGMENT_NFT,
  flagBits,
  flags,
  LONGER_THAN_BARE_NFT,
  PLAIN_SEGMENT_NFT,
  QUIET_SEGMENT_NFT,
  TCP_NFT,
  USUAL_ACCEPTANCE_NFT,
  USUAL_SYN_NFT,
} from './bare-segment-nft.ts';
import { IP_FAMILIES, type IpFamily } from './ip-family.ts';
import { askForClient } from './nft-ask-chains.ts';
import {
  CHAT_PORTS,
  chain,
  FLOWTABLE,
  hex,
  interfaces,
  type MarkSyntax,
  markSyntax,
  rule,
  type StateName,
} from './nft-syntax.ts';
import type { NftWay } from './nft-way.ts';
import { type FirewallPlan, UNDECIDED_ERRORS_A_SECOND, VERDICT_PRIORITY } from './plan.ts';
import { SERVER_HELLO_NFT } from './server-hello-nft.ts';

/** No way leads back to the sender's address by the interface the packet came in on. */
const COMES_ASTRAY = 'fib saddr . iif oif missing';
/** The acknowledgement number of what is known to be TCP. */
const ACKNOWLEDGEMENT = '@th,64,32';

const ANSWERED = rule(`meta priority ${hex(VERDICT_PRIORITY)} goto verdict`, 'user space has answered');
/** Packets that nothing is known of, and those that would stand for another flow by its mark. */
const UNUSUAL = rule('ct state invalid,untracked,related goto unusual', 'of no flow of its own');
/** A short way for what carries nothing, which is most packets; not for the first one of a flow that stands for another. */
const letGo = (bareSegments: readonly string[]) =>
  bareSegments.map((bare) => rule(`${bare} ct state established return`, 'carries nothing'));
const QUIET = letGo(IP_FAMILIES.flatMap((family) => QUIET_SEGMENT_NFT[family]));
const PLAIN = letGo(IP_FAMILIES.flatMap((family) => PLAIN_SEGMENT_NFT[family]));

/** Which packets need no judging: by the state of their flow, from where they come, and whether they carry anything. */
export function judgeChains(plan: FirewallPlan, way: NftWay): readonly string[] {
  const syntax = markSyntax(plan.marks);
  return [
    ...firstChains(plan, syntax),
    ...stateChains(plan, syntax, way),
    ...wayChains(plan, syntax),
    ...contentChains(syntax, way),
  ];
}

/**
 * Every packet of a download comes by here, and each condition costs it: looking it up in a map as much as four, a name
 * as much as three, another chain as much as two.
 */
function firstChains({ lanInterfaces, offloadDevices }: FirewallPlan, syntax: MarkSyntax): readonly string[] {
  const lan = interfaces(lanInterfaces);
  const shortCut = (side: 'iifname' | 'oifname') =>
    rule(
      `meta l4proto { tcp, udp } ${syntax.flowIs('allowed')} ${side} ${lan} flow add @${FLOWTABLE}`,
      'takes the short cut from now on',
    );
  const ofState = (state: StateName) => rule(`${syntax.flowIs(state)} goto ${state}`, `of a ${state} flow`);
  return [
    ...chain(
      'judge',
      [
        ...(offloadDevices.length === 0 ? [] : [shortCut('iifname'), shortCut('oifname')]),
        // No flow begins with a reply: whose state this is it belongs to, or is an error of.
        rule(`ct direction reply ${syntax.answersPass} return`, 'answers need no reading'),
        rule(`${syntax.flowIs('allowed')} ct state established return`, 'settled'),
        ofState('fresh'),
        ofState('followed'),
        rule(`${syntax.hasState} goto other_states`, 'of a flow that has been met'),
        ...IP_FAMILIES.map((family) =>
          rule(
            `${USUAL_SYN_NFT[family]} ct state new iifname ${lan} th dport @${CHAT_PORTS} ${syntax.settle('fresh')} return`,
            'a connection begins as most do',
          ),
        ),
        rule(`iifname ${lan} goto from`, 'from the phones'),
        rule(`oifname ${lan} goto to`, 'to the phones'),
      ],
      'forward priority mangle - 1',
    ),
    ...chain('other_states', [
      ...(['greeting', 'denied', 'allowed'] as const).map(ofState),
      rule('goto pending', 'of a pending flow'),
    ]),
  ];
}

/** One chain for each state of a flow, and two for flows that have none. */
function stateChains({ lanInterfaces }: FirewallPlan, syntax: MarkSyntax, way: NftWay): readonly string[] {
  const lan = interfaces(lanInterfaces);
  const { settle } = syntax;
  return [
    ...chain('fresh', [...freshShortWays(lan, syntax, way), rule('goto on_its_way', 'is not settled')]),
    ...chain('pending', [ANSWERED, ...QUIET, rule('goto on_its_way', 'is not settled')]),
    ...chain('greeting', [
      ANSWERED,
      ...QUIET,
      rule(`ct direction reply iifname ${lan} ${COMES_ASTRAY} goto inbound`, 'an answer from where no server is'),
      ...SERVER_HELLO_NFT.map((hello) =>
        rule(
          `ct direction reply ct state established ${hello} ${settle('allowed')} return`,
          'the server has taken the hello',
        ),
      ),
      rule('goto on_its_way', 'is not settled'),
    ]),
    ...chain('followed', [...PLAIN, ANSWERED, rule('goto on_its_way', 'is read on')]),
    ...chain('allowed', [ANSWERED, UNUSUAL, rule('return', 'settled')]),
    ...chain('denied', [
      ANSWERED,
      UNUSUAL,
      rule(`iifname != ${lan} oifname != ${lan} return`, 'its way is none of ours any more'),
      rule('goto refuse', 'denied before'),
    ]),
    ...chain('from', [
      ANSWERED,
      UNUSUAL,
      rule(`ct direction reply ${COMES_ASTRAY} goto inbound`, 'an answer from where no server is'),
      rule('goto content', 'of no flow that was met'),
    ]),
    ...chain('to', [
      ANSWERED,
      UNUSUAL,
      rule('ct direction original goto inbound', 'opened from outside'),
      rule('goto content', 'of no flow that was met'),
    ]),
  ];
}

/** What nearly every connection does next: its SYN-ACK, the acknowledgement of that, and its first payload. */
function freshShortWays(lan: string, syntax: MarkSyntax, way: NftWay): readonly string[] {
  const accepted = (family: IpFamily) =>
    rule(
      `${USUAL_ACCEPTANCE_NFT[family]} ct direction reply iifname != ${lan} ct secmark set ${ACKNOWLEDGEMENT} return`,
      'says where the connection starts',
    );
  const silent = (family: IpFamily) => [
    ...(way.starts === 'told' ? [accepted(family)] : []),
    ...letGo(QUIET_SEGMENT_NFT[family]),
  ];
  const speaks = (family: IpFamily) =>
    rule(
      `${TCP_NFT[family]} ${LONGER_THAN_BARE_NFT[family]} ct direction original ct state established ` +
        `iifname ${lan} ${askForClient('fresh', syntax, way)}`,
      "the phone's first payload",
    );
  // What carries nothing has never asked, and need not be looked at for an answer.
  return [...silent('ipv4'), ANSWERED, speaks('ipv4'), ...silent('ipv6'), speaks('ipv6')];
}

/** Where packets of unsettled flows come from and go to. */
function wayChains({ lanInterfaces }: FirewallPlan, { answersPass, flowIs }: MarkSyntax): readonly string[] {
  const lan = interfaces(lanInterfaces);
  const isError = 'meta l4proto { icmp, ipv6-icmp } ct state related';
  const few = `limit rate ${UNDECIDED_ERRORS_A_SECOND}/second burst ${UNDECIDED_ERRORS_A_SECOND} packets`;
  return [
    ...chain('on_its_way', [
      UNUSUAL,
      rule('ct direction reply goto answer', 'from the server'),
      rule(`iifname != ${lan} goto elsewhere`, 'from the client, who is no phone'),
      rule('goto content', 'from the phone'),
    ]),
    ...chain('answer', [
      rule(`iifname ${lan} ${COMES_ASTRAY} goto inbound`, 'an answer from where no server is'),
      rule(`iifname != ${lan} oifname != ${lan} return`, 'its way is none of ours any more'),
      rule('goto content', 'to the phone'),
    ]),
    ...chain('elsewhere', [
      rule(`oifname != ${lan} return`, 'its way is none of ours any more'),
      rule('goto inbound', 'opened from outside'),
    ]),
    ...chain('unusual', [
      rule(`${isError} ${answersPass} return`, 'error of a flow that is recognised'),
      ...(['fresh', 'pending', 'greeting'] as const).map((state) =>
        rule(`${isError} oifname ${lan} ${flowIs(state)} ${few} return`, `error of a ${state} flow, for the phone`),
      ),
      rule('drop', 'belongs to no flow, or would inherit the mark of another'),
    ]),
  ];
}

/** What carries something is judged; what does not is let go, where the connection is known. */
function contentChains({ flowIs, hasNoState, hasState, settle }: MarkSyntax, way: NftWay): readonly string[] {
  const segment = (longer: string, bareSegments: readonly string[]) => [
    rule(`${longer} goto ask`, 'carries something'),
    ...bareSegments.map((bare) => rule(`${bare} goto bare`, 'carries nothing')),
    rule('goto ask', 'carries something'),
  ];
  const kind = flags('syn', 'ack', 'fin', 'rst');
  const isAcceptance = `${kind} == ${flagBits('syn', 'ack')} ct direction reply ${hasState}`;
  return [
    ...chain('content', [
      rule(`${TCP_NFT.ipv4} goto segment4`, 'may carry nothing'),
      rule(`${TCP_NFT.ipv6} goto segment6`, 'may carry nothing'),
      rule('goto ask', 'to be judged'),
    ]),
    ...chain('segment4', segment(LONGER_THAN_BARE_NFT.ipv4, BARE_SEGMENT_NFT.ipv4)),
    ...chain('segment6', segment(LONGER_THAN_BARE_NFT.ipv6, BARE_SEGMENT_NFT.ipv6)),
    ...chain('bare', [
      rule(
        `${kind} == ${flagBits('syn')} ${hasNoState} ct state new ct direction original tcp dport @${CHAT_PORTS} ` +
          `${settle('fresh')} return`,
        'a connection begins',
      ),
      way.starts === 'told'
        ? rule(`${isAcceptance} ct secmark set ${ACKNOWLEDGEMENT} return`, 'says where the connection starts')
        : rule(`${isAcceptance} goto ask`, 'says where the connection starts'),
      ...(['pending', 'greeting'] as const).map((state) =>
        rule(`${flags('fin', 'rst')} != 0 ${flowIs(state)} goto ask`, 'must not overtake what waits'),
      ),
      rule(`${hasState} return`, 'of a known connection'),
      rule('goto ask', 'of a connection never seen to begin'),
    ]),
  ];
}
