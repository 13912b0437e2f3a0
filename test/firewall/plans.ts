import { markLayout } from '../../src/firewall/mark.ts';
import type { FirewallPlan } from '../../src/firewall/plan.ts';

export const PLAN: FirewallPlan = {
  lanInterfaces: ['wlan0'],
  queues: { first: 0, count: 2 },
  marks: markLayout(0x0f000000),
  tcpPorts: [80, 443, 5222, 5223, 8080],
  whenDown: 'closed',
  onDrop: 'drop',
  offloadDevices: [],
};
