import { ASKS_USER_SPACE, chain, hex, type MarkSyntax, markSyntax, QUESTION_CHAIN, rule } from './nft-syntax.ts';
import type { NftWay } from './nft-way.ts';
import type { FirewallPlan } from './plan.ts';

type Asking = 'unknown' | 'fresh' | 'pending' | 'followed';

/** Makes the packet a question about a flow of this state. */
function askAbout(state: Asking, { ask }: MarkSyntax): string {
  return `${ask(state)} goto ask_about_a_stream`;
}

/** The same, for a packet that is known to travel in the direction of the client. */
export function askForClient(state: Asking, { ask }: MarkSyntax, way: NftWay): string {
  return [ask(state), ...tellStart(way), `goto ${QUESTION_CHAIN}`].join(' ');
}

/** What tells where the connection starts. */
function tellStart({ starts }: NftWay): readonly string[] {
  return starts === 'told' ? ['meta priority set ct secmark'] : [];
}

/** The packet becomes a question and goes to user space. */
export function askChains({ marks, queues, whenDown }: FirewallPlan, way: NftWay): readonly string[] {
  const syntax = markSyntax(marks);
  const { ask, flowIs } = syntax;
  return [
    ...chain('inbound', [rule(`${ask('inbound')} goto ${QUESTION_CHAIN}`, 'goes the wrong way')]),
    ...chain('ask', [
      rule(`${flowIs('fresh')} ${askAbout('fresh', syntax)}`, 'of a fresh flow'),
      rule(`${flowIs('followed')} ${askAbout('followed', syntax)}`, 'of a followed flow'),
      rule(`${flowIs('pending')} ${askAbout('pending', syntax)}`, 'of a pending flow'),
      rule(`${flowIs('greeting')} ${askAbout('pending', syntax)}`, 'of a flow that waits for a hello'),
      rule(askAbout('unknown', syntax), 'of an unknown flow'),
    ]),
    ...chain('ask_about_a_stream', [
      rule(`ct direction reply meta mark set meta mark | ${hex(marks.replyBit)}`, 'about an answer'),
      ...tellStart(way).map((telling) => rule(telling, 'tells where the connection starts')),
      rule(`goto ${QUESTION_CHAIN}`, 'to be judged'),
    ]),
    ...chain(QUESTION_CHAIN, [
      ...(way.queueing === 'nft' ? [rule(queueStatement(queues, whenDown), ASKS_USER_SPACE)] : []),
      ...(whenDown === 'open' ? [] : [rule('drop', 'there is nobody to ask')]),
    ]),
  ];
}

function queueStatement({ first, count }: FirewallPlan['queues'], whenDown: FirewallPlan['whenDown']): string {
  const numbers = count === 1 ? `${first}` : `${first}-${first + count - 1}`;
  return `queue num ${numbers}${whenDown === 'open' ? ' bypass' : ''}`;
}
