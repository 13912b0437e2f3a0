import { markLayout } from '../../../src/firewall/mark.ts';
import { renderNftTable } from '../../../src/firewall/nft-ruleset.ts';
import { markSyntax, QUESTION_CHAIN } from '../../../src/firewall/nft-syntax.ts';
import { FIREWALL_NAME, type FirewallPlan } from '../../../src/firewall/plan.ts';
import { ipIn, runIn } from '../../gateway/rig/namespaces.ts';
import type { BenchOptions } from '../bench-options.ts';
import { CLIENT, LAN_INTERFACE, makeNetwork, type Network, SERVER } from '../gateway/network.ts';
import { quantile } from '../report/median.ts';
import { Sheet } from '../report/sheet.ts';
import { shortConnection } from './short-connection.ts';
import { hardwareAddress, packetsSent, Wire } from './wire.ts';

const CONNECTIONS_A_ROUND = 400;
const FIRST_PORT = 2_000;
/** As much as is read between two packets, so that each finds the processor's near caches filled by others. */
const OTHER_MEMORY_BYTES = 512 * 1024;
const CACHE_LINE_BYTES = 64;

const PLAN: FirewallPlan = {
  lanInterfaces: [LAN_INTERFACE],
  queues: { first: 0, count: 1 },
  marks: markLayout(0x0f000000),
  tcpPorts: [53, 80, 443, 8080, 14000],
  whenDown: 'closed',
  onDrop: 'drop',
  offloadDevices: [],
};

const NOTHING = 'no rules';
const RULES: readonly (readonly [name: string, table: string])[] = [
  [NOTHING, ''],
  [
    'an empty chain',
    `table inet ${FIREWALL_NAME} { chain judge { type filter hook forward priority mangle - 1; }; }\n`,
  ],
  ['chatgate', selfAnswering()],
];

/** The rules as they are, except that a question is answered there and then: followed, as HTTP is. */
function selfAnswering(): string {
  const head = `\tchain ${QUESTION_CHAIN} {\n`;
  const answered = `${head}\t\t${markSyntax(PLAN.marks).settle('followed')} accept\n`;
  return renderNftTable(PLAN, { queueing: 'xtables', starts: 'told' }).replace(head, answered);
}

interface Stand {
  readonly name: string;
  readonly network: Network;
  readonly wires: Readonly<Record<'client' | 'server', Wire>>;
}

/** How long a router takes over each packet of a short connection: no timing of programs comes near such differences. */
export function benchPackets(options: BenchOptions): Promise<readonly Sheet[]> {
  const names = shortConnection(FIRST_PORT).map(({ name }) => name);
  const whole = 'all of them';
  const beyond = 'all of them, beyond no rules';
  const sheet = new Sheet('packets: the time a router takes over those of a short HTTP connection', [
    ...[...names, whole].map((name) => ({ name, unit: 'ns', reference: NOTHING })),
    { name: beyond, unit: 'ns' },
  ]);
  const stands = RULES.map(([name, table]) => standWith(name, table));
  const otherMemory = new Uint8Array(OTHER_MEMORY_BYTES);
  for (let round = -1; round < options.rounds; round += 1) {
    const taken = stands.map(() => names.map((): number[] => []));
    for (const { network } of stands) network.forgetConnections();
    for (let nth = 0; nth < CONNECTIONS_A_ROUND; nth += 1) {
      const packets = shortConnection(FIRST_PORT + nth);
      for (let turn = 0; turn < stands.length; turn += 1) {
        const which = (turn + nth) % stands.length;
        const { wires } = stands[which] ?? unreachable();
        packets.forEach(({ from, bytes }, at) => {
          const frame = wires[from].frameOf(bytes);
          for (let i = 0; i < otherMemory.length; i += CACHE_LINE_BYTES) otherMemory[i] = nth;
          const begun = process.hrtime.bigint();
          wires[from].send(frame);
          taken[which]?.[at]?.push(Number(process.hrtime.bigint() - begun));
        });
      }
    }
    if (round < 0) continue;
    const usual = taken.map((byPacket) => byPacket.map(usualOf));
    const wholes = usual.map((ofStand) => ofStand.reduce((sum, ns) => sum + ns, 0));
    stands.forEach(({ name }, which) => {
      names.forEach((packet, at) => {
        sheet.add(packet, name, usual[which]?.[at] ?? Number.NaN);
      });
      const ns = wholes[which] ?? Number.NaN;
      sheet.add(whole, name, ns);
      if (name !== NOTHING) sheet.add(beyond, name, ns - (wholes[0] ?? Number.NaN));
    });
  }
  const sent = CONNECTIONS_A_ROUND * (options.rounds + 1);
  for (const { name, network } of stands) expectForwarded(name, network, sent);
  for (const { network } of stands) network.remove();
  return Promise.resolve([sheet]);
}

/** Packets that were dropped are quick. @throws Error where some were. */
function expectForwarded(name: string, { router }: Network, connections: number): void {
  const packets = shortConnection(FIRST_PORT);
  for (const [side, device] of [
    ['client', 'wan0'],
    ['server', LAN_INTERFACE],
  ] as const) {
    const due = connections * packets.filter(({ from }) => from === side).length;
    const passed = packetsSent(router, device);
    if (passed < due) throw new Error(`${name}: of ${due} packets of the ${side} ${passed} were forwarded`);
  }
}

/** Less than the middle, where interruptions do not reach. */
function usualOf(values: readonly number[]): number {
  return quantile(values, 0.35);
}

function standWith(name: string, table: string): Stand {
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

function unreachable(): never {
  throw new Error('there is no such stand');
}
