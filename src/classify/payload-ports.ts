import { carries } from './app-protocol.ts';
import { openIndex } from './open-index.ts';
import { PORTS } from './port-range.ts';
import type { Rule } from './rule.ts';

export const DNS_PORT = 53;

/** One byte a port: 1 where some rule has to see the payload. */
export function payloadTells(rules: readonly Rule[], transport: 'tcp' | 'udp'): Uint8Array {
  const told = new Uint8Array(PORTS);
  for (const { apps, names, ports } of rules) {
    if (apps === 'any') continue;
    if (names.length > 0) told[DNS_PORT] = 1;
    if (!apps.some((app) => carries(transport, app))) continue;
    for (const range of ports) {
      if (range.transport === null || range.transport === transport) told.fill(1, range.first, range.last + 1);
    }
  }
  return told;
}

/** TCP server ports on which payload has to tell; a SYN to any other port can be decided at once. Sorted. */
export function payloadTcpPorts(rules: readonly Rule[]): readonly number[] {
  const told = payloadTells(rules, 'tcp');
  const open = openIndex(rules);
  const ports: number[] = [];
  for (let port = told.indexOf(1); port !== -1; port = told.indexOf(1, port + 1)) {
    if (!open.wholePort('tcp', port)) ports.push(port);
  }
  return ports;
}
