import {
  LONGER_THAN_BARE_NFT,
  PLAIN_SEGMENT_NFT,
  QUIET_SEGMENT_NFT,
  TCP_NFT,
  USUAL_ACCEPTANCE_NFT,
  USUAL_SYN_NFT,
} from './bare-segment-nft.ts';
import { IP_FAMILIES, type IpFamily } from './ip-family.ts';
import { askForClient } from './nft-ask-chains.ts';
import { contentChains, KEEP_START } from './nft-content-chains.ts';
import { COMES_ASTRAY, directionChains, UNUSUAL } from './nft-direction-chains.ts';
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
import { type FirewallPlan, VERDICT_PRIORITY } from './plan.ts';
import { SERVER_HELLO_NFT } from './server-hello-nft.ts';

const ANSWERED = rule(`meta priority ${hex(VERDICT_PRIORITY)} goto verdict`, 'user space has answered');
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
    ...directionChains(plan, syntax),
    ...contentChains(syntax, way),
  ];
}

/**
 * Every packet of a download comes by here, and each condition costs it: looking it up in a map as much as four, a name
 * as much as three, another chain or a verdict as much as two. So what is settled meets no verdict: the first chain
 * picks out everything else, and ends.
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
        rule(`${syntax.flowIsNot('allowed')} goto unsettled`, 'of a flow that is not settled'),
        // Also what belongs to no flow: no condition on a mark is true of it, neither this way round nor the other.
        rule('ct state != established goto unsettled', 'unanswered, or of no flow of its own'),
      ],
      'forward priority mangle - 1',
    ),
    ...chain('unsettled', [
      // No flow begins with a reply: whose state this is it belongs to, or is an error of.
      rule(`ct direction reply ${syntax.answersPass} return`, 'answers need no reading'),
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
    ]),
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
      `${USUAL_ACCEPTANCE_NFT[family]} ct direction reply iifname != ${lan} ${KEEP_START} return`,
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
