import type { IpFamily } from './ip-family.ts';
import { bareSegment, type Chain, chain, chainName, entry, hex, ICMP, markRules, rule } from './iptables-syntax.ts';
import type { FirewallPlan } from './plan.ts';

/** Stage 2: keeps what user space said, and refuses what it denied. */
export function enforceChains(plan: FirewallPlan, family: IpFamily): readonly Chain[] {
  const marks = markRules(plan);
  const { mask, stateMask, askedBit } = plan.marks;
  const silence = [rule('-j DROP', 'denied')];
  const unreachable = family === 'ipv4' ? 'icmp-port-unreachable' : 'icmp6-port-unreachable';

  return [
    entry(plan, 'verdict', 'verdict'),
    chain('verdict', [
      rule(`${marks.flowIs('allowed')} -j RETURN`, 'settled'),
      rule(
        `-m mark --mark 0x0/${hex(mask)} -m connmark --mark 0x0/${marks.settledBit} -j RETURN`,
        'undecided, and nothing was said of this packet',
      ),
      rule(
        `-m mark --mark ${hex(askedBit)}/${hex(askedBit)} -j ${plan.whenDown === 'open' ? 'RETURN' : 'DROP'}`,
        'nobody has answered',
      ),
      rule(
        `-m mark --mark ${marks.bits('greeting')}/${hex(stateMask)} -j MARK --set-xmark ${marks.bits('pending')}/${hex(stateMask)}`,
        'a greeting is looked at like any answer',
      ),
      rule(
        `-m mark ! --mark 0x0/${hex(stateMask)} -j CONNMARK --save-mark --nfmask ${hex(stateMask)} --ctmask ${hex(mask)}`,
        'the verdict on the flow',
      ),
      rule(`${marks.flowIs('denied')} -g ${chainName('refuse')}`, 'settled'),
    ]),
    chain('refuse', [
      rule(
        `${bareSegment(family, false)} -m mark ! --mark ${marks.bits('denied')}/${hex(stateMask)} -j RETURN`,
        'lets both ends let go',
      ),
      ...(plan.onDrop === 'drop'
        ? silence
        : [
            rule('-p tcp -j REJECT --reject-with tcp-reset', 'denied'),
            rule(`${ICMP[family]} -j DROP`, 'denied'),
            rule(`-j REJECT --reject-with ${unreachable}`, 'denied'),
          ]),
    ]),
  ];
}
