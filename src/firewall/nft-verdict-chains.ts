import { BARE_SEGMENT_NFT, TCP_NFT } from './bare-segment-nft.ts';
import { IP_FAMILIES } from './ip-family.ts';
import { chain, hex, markSyntax, rule } from './nft-syntax.ts';
import type { FirewallPlan } from './plan.ts';

/** Keeps what user space said of a flow, and refuses what it denied. */
export function verdictChains({ marks, onDrop, whenDown }: FirewallPlan): readonly string[] {
  const { flowIs, packetIs, settle } = markSyntax(marks);
  const refusal =
    onDrop === 'drop'
      ? [rule('drop', 'denied')]
      : [
          rule('meta l4proto tcp reject with tcp reset', 'denied'),
          rule('meta l4proto { icmp, ipv6-icmp } drop', 'denied'),
          rule('reject with icmpx type port-unreachable', 'denied'),
        ];

  return [
    ...chain('verdict', [
      rule('meta priority set 0', 'an answer no more'),
      // Where user space takes other bits for ours it has answered some other question.
      rule(`meta mark & ${hex(marks.askedBit)} != 0 ${whenDown === 'open' ? 'return' : 'drop'}`, 'no answer'),
      // What was on its way when its flow was settled does not unsettle it.
      rule(`${flowIs('allowed')} return`, 'settled'),
      ...(['followed', 'greeting', 'pending', 'allowed'] as const).map((state) =>
        rule(`${packetIs(state)} ${settle(state)} return`, `verdict: ${state}`),
      ),
      rule(`${packetIs('denied')} ${settle('denied')}`, 'verdict: denied'),
      // Also where the packet is of no flow that could keep it.
      rule(`${packetIs('denied')} goto refusal`, 'just denied'),
      rule(`${flowIs('denied')} goto refuse`, 'denied before'),
    ]),
    ...chain('refuse', [
      ...IP_FAMILIES.flatMap((family) =>
        BARE_SEGMENT_NFT[family].map((bare) => rule(`${TCP_NFT[family]} ${bare} return`, 'lets both ends let go')),
      ),
      rule('goto refusal', 'denied before'),
    ]),
    ...chain('refusal', refusal),
  ];
}
