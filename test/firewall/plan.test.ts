import { expect, test } from 'vitest';
import { checkPlan, type FirewallPlan } from '../../src/firewall/plan.ts';
import { PLAN } from './plans.ts';

test('a plan of ordinary names, ports and queues is fine', () => {
  expect(() => checkPlan({ ...PLAN, lanInterfaces: ['wlan0', 'br-lan', 'eth0.10', 'wlx00c0ca1234ab'] })).not.toThrow();
  expect(() => checkPlan({ ...PLAN, tcpPorts: [], queues: { first: 65_535, count: 1 } })).not.toThrow();
});

test.each<[string, Partial<FirewallPlan>]>([
  ['has no lan interface', { lanInterfaces: [] }],
  ['has a wildcard for iptables', { lanInterfaces: ['wlan+'] }],
  ['has a wildcard for nft', { lanInterfaces: ['wlan*'] }],
  ['has a name that looks like an option', { lanInterfaces: ['-j'] }],
  ['has a name that ends a quotation', { lanInterfaces: ['a"b'] }],
  ['has a name with a line end', { lanInterfaces: ['wlan0\n'] }],
  ['has a name longer than an interface can have', { lanInterfaces: ['abcdefghijklmnop'] }],
  ['has port 0', { tcpPorts: [0] }],
  ['has a port past the last', { tcpPorts: [65_536] }],
  ['has no queue', { queues: { first: 0, count: 0 } }],
  ['has queues past the last', { queues: { first: 65_535, count: 2 } }],
])('a plan that %s is refused', (_, part) => {
  expect(() => checkPlan({ ...PLAN, ...part })).toThrow(RangeError);
});
