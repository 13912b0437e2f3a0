import { BARE_SEGMENT_NFT, flagBits, flags, LONGER_THAN_BARE_NFT, TCP_NFT } from './bare-segment-nft.ts';
import { CHAT_PORTS, chain, type MarkSyntax, rule } from './nft-syntax.ts';
import type { NftWay } from './nft-way.ts';

/** The flow keeps the acknowledgement number of what is known to be TCP. */
export const KEEP_START = 'ct secmark set @th,64,32';

/** What carries something is judged; what does not is let go, where the connection is known. */
export function contentChains({ flowIs, hasNoState, hasState, settle }: MarkSyntax, way: NftWay): readonly string[] {
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
        ? rule(`${isAcceptance} ${KEEP_START} return`, 'says where the connection starts')
        : rule(`${isAcceptance} goto ask`, 'says where the connection starts'),
      ...(['pending', 'greeting'] as const).map((state) =>
        rule(`${flags('fin', 'rst')} != 0 ${flowIs(state)} goto ask`, 'must not overtake what waits'),
      ),
      rule(`${hasState} return`, 'of a known connection'),
      rule('goto ask', 'of a connection never seen to begin'),
    ]),
  ];
}
