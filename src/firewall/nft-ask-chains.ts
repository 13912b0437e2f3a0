import { FlowState } from '../judge/flow-state.ts';
import type { MarkLayout } from './mark.ts';
import { chain, hex, type MarkSyntax, markSyntax, rule } from './nft-syntax.ts';
import type { NftWay } from './nft-way.ts';
import type { FirewallPlan } from './plan.ts';

type Asking = 'unknown' | 'fresh' | 'pending' | 'followed';

/** Makes the packet a question about a flow of this state. */
export function askAbout(state: Asking, marks: MarkLayout, { ask }: MarkSyntax): string {
  return `${ask(marks.askedBit | (FlowState[state] << marks.shift))} goto ask_about_a_stream`;
}

/** The packet becomes a question (see `MarkLayout`) and goes to user space. */
export function askChains({ marks, queues, whenDown }: FirewallPlan, way: NftWay): readonly string[] {
  const syntax = markSyntax(marks);
  const { ask, flowIs } = syntax;
  const about = (state: Asking) => askAbout(state, marks, syntax);
  return [
    ...chain('inbound', [rule(`${ask(marks.inboundBits)} goto question`, 'goes the wrong way')]),
    ...chain('ask', [
      rule(`${flowIs('fresh')} ${about('fresh')}`, 'of a fresh flow'),
      // An answer cannot ask as followed (see `MarkLayout`), and nothing depends on it.
      rule(`${flowIs('followed')} ct direction reply ${about('pending')}`, 'to data on a SYN'),
      rule(`${flowIs('followed')} ${about('followed')}`, 'of a followed flow'),
      rule(`${flowIs('pending')} ${about('pending')}`, 'of a pending flow'),
      rule(`${flowIs('greeting')} ${about('pending')}`, 'of a flow that waits for a hello'),
      rule(about('unknown'), 'of an unknown flow'),
    ]),
    ...chain('ask_about_a_stream', [
      rule(`ct direction reply meta mark set meta mark | ${hex(marks.replyBit)}`, 'about an answer'),
      ...(way.starts === 'told' ? [rule('meta priority set ct secmark', 'tells where the connection starts')] : []),
      rule('goto question', 'to be judged'),
    ]),
    ...chain('question', [
      ...(way.queueing === 'nft' ? [rule(queueStatement(queues, whenDown), 'ask user space')] : []),
      ...(whenDown === 'open' ? [] : [rule('drop', 'there is nobody to ask')]),
    ]),
  ];
}

function queueStatement({ first, count }: FirewallPlan['queues'], whenDown: FirewallPlan['whenDown']): string {
  const numbers = count === 1 ? `${first}` : `${first}-${first + count - 1}`;
  return `queue num ${numbers}${whenDown === 'open' ? ' bypass' : ''}`;
}
