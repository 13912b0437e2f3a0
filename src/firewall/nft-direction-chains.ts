import { chain, interfaces, type MarkSyntax, rule } from './nft-syntax.ts';
import { type FirewallPlan, UNDECIDED_ERRORS_A_SECOND } from './plan.ts';

/** No way leads back to the sender's address by the interface the packet came in on. */
export const COMES_ASTRAY = 'fib saddr . iif oif missing';
/** Packets that nothing is known of, and those that would stand for another flow by its mark. */
export const UNUSUAL = rule('ct state invalid,untracked,related goto unusual', 'of no flow of its own');

/** Where packets of unsettled flows come from and go to. */
export function directionChains(
  { lanInterfaces }: FirewallPlan,
  { answersPass, flowIs }: MarkSyntax,
): readonly string[] {
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
