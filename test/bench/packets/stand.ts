import { ipIn, runIn } from '../../gateway/rig/namespaces.ts';
import { CLIENT, LAN_INTERFACE, makeNetwork, type Network, SERVER } from '../gateway/network.ts';
import type { SentPacket } from './short-connection.ts';
import { hardwareAddress, packetsSent, Wire } from './wire.ts';

/** A router between two wires, with nobody at their far ends. */
export interface Stand {
  readonly name: string;
  readonly network: Network;
  readonly wires: Readonly<Record<SentPacket['from'], Wire>>;
}

/** @param table what nft puts in place on the router. */
export function standWith(name: string, table: string): Stand {
  const network = makeNetwork();
  const { client, router, server } = network;
  // Nobody is to answer but us.
  for (const host of [client, server]) ipIn(host, ['address flush dev eth0']);
  ipIn(router, [
    `neighbour replace ${CLIENT} lladdr 02:00:00:00:00:02 dev ${LAN_INTERFACE} nud permanent`,
    `neighbour replace ${SERVER} lladdr 02:00:00:00:00:03 dev wan0 nud permanent`,
  ]);
  if (table !== '') runIn(router, 'nft', ['-f', '-'], table);
  return {
    name,
    network,
    wires: {
      client: new Wire(client, hardwareAddress(router, LAN_INTERFACE)),
      server: new Wire(server, hardwareAddress(router, 'wan0')),
    },
  };
}

/** Packets that were dropped are quick. @throws Error where some of so many times these packets were. */
export function expectForwarded(
  { name, network: { router } }: Stand,
  packets: readonly SentPacket[],
  times: number,
): void {
  for (const [side, device] of [
    ['client', 'wan0'],
    ['server', LAN_INTERFACE],
  ] as const) {
    const due = times * packets.filter(({ from }) => from === side).length;
    const passed = packetsSent(router, device);
    if (passed < due) throw new Error(`${name}: of ${due} packets of the ${side} ${passed} were forwarded`);
  }
}
