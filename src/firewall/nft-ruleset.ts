import { askChains } from './nft-ask-chains.ts';
import { judgeChains } from './nft-judge-chains.ts';
import { CHAT_PORTS, FLOWTABLE } from './nft-syntax.ts';
import { verdictChains } from './nft-verdict-chains.ts';
import type { NftWay } from './nft-way.ts';
import { FIREWALL_NAME, type FirewallPlan } from './plan.ts';
import { portRanges } from './port-ranges.ts';

/**
 * The plan as one nft table of family inet, which filters IPv4 and IPv6 alike.
 *
 * One chain sees every packet. What is queued comes back to its first rule, with the verdict in the packet mark and a
 * priority that says so.
 *
 * Marks are compared and set by constants, one rule per state: kernels before 6.12 and nft before 1.1 cannot combine
 * two registers, as "copy these bits of one mark into the other" would need.
 */
export function renderNftTable(plan: FirewallPlan, way: NftWay): string {
  return [
    `table inet ${FIREWALL_NAME} {`,
    ...portSet(plan.tcpPorts),
    ...flowtable(plan.offloadDevices),
    ...judgeChains(plan, way),
    ...askChains(plan, way),
    ...verdictChains(plan),
    '}',
    '',
  ].join('\n');
}

/** The same, taking the place of the table that stands now, if any: all in one transaction. */
export function renderNftReplacement(plan: FirewallPlan, way: NftWay): string {
  return `${renderNftRemoval()}${renderNftTable(plan, way)}`;
}

/** Declared first, because only a table that exists can be deleted. */
export function renderNftRemoval(): string {
  return `table inet ${FIREWALL_NAME} {}\ndelete table inet ${FIREWALL_NAME}\n`;
}

/** A set of single ports is a map of bits to the kernel, one with intervals a tree, which takes it five times as long. */
function portSet(ports: readonly number[]): readonly string[] {
  const ranges = portRanges(ports);
  const elements = ranges.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`));
  const hasIntervals = ranges.some(({ from, to }) => from !== to);
  return [
    `\tset ${CHAT_PORTS} {`,
    '\t\ttype inet_service',
    ...(hasIntervals ? ['\t\tflags interval'] : []),
    ...(elements.length === 0 ? [] : [`\t\telements = { ${elements.join(', ')} }`]),
    '\t}',
  ];
}

function flowtable(devices: readonly string[]): readonly string[] {
  if (devices.length === 0) return [];
  const names = devices.map((name) => `"${name}"`).join(', ');
  return [`\tflowtable ${FLOWTABLE} {`, '\t\thook ingress priority filter', `\t\tdevices = { ${names} }`, '\t}'];
}
