import { ICMP, ICMPV6, TCP, UDP } from '../packet/protocol-number.ts';

/** IANA's names of what a phone may be seen to send, spelled as in Suricata's logs. */
const NAMES: ReadonlyMap<number, string> = new Map([
  [ICMP, 'ICMP'],
  [2, 'IGMP'],
  [4, 'IP-in-IP'],
  [TCP, 'TCP'],
  [UDP, 'UDP'],
  [33, 'DCCP'],
  [41, 'IPv6'],
  [43, 'IPv6-Route'],
  [44, 'IPv6-Frag'],
  [47, 'GRE'],
  [50, 'ESP'],
  [51, 'AH'],
  [ICMPV6, 'IPv6-ICMP'],
  [59, 'IPv6-NoNxt'],
  [60, 'IPv6-Opts'],
  [132, 'SCTP'],
  [136, 'UDPLite'],
]);

/** The name of an IP protocol number; the number itself where it has no name here. */
export function protocolName(protocol: number): string {
  return NAMES.get(protocol) ?? String(protocol);
}
