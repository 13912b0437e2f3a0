import { renderNftTable } from '../../../src/firewall/nft-ruleset.ts';
import { markSyntax, QUESTION_CHAIN } from '../../../src/firewall/nft-syntax.ts';
import { FIREWALL_NAME, type FirewallPlan } from '../../../src/firewall/plan.ts';
import { PLAN as TEST_PLAN } from '../../firewall/plans.ts';
import type { BenchOptions } from '../bench-options.ts';
import { LAN_INTERFACE } from '../gateway/network.ts';
import { inTurn } from '../in-turn.ts';
import { quantile } from '../report/median.ts';
import { Sheet } from '../report/sheet.ts';
import { shortConnection } from './short-connection.ts';
import { expectForwarded, type Stand, standWith } from './stand.ts';

const CONNECTIONS_A_ROUND = 400;
const FIRST_PORT = 2_000;
/** As much as is read between two packets, so that each finds the processor's near caches filled by others. */
const OTHER_MEMORY = new Uint8Array(512 * 1024);
const CACHE_LINE_BYTES = 64;

/** With the ports of the shipped policy: single ones, which the kernel keeps otherwise than ranges. */
const PLAN: FirewallPlan = { ...TEST_PLAN, lanInterfaces: [LAN_INTERFACE], tcpPorts: [53, 80, 443, 8080, 14000] };

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

/** How long a router takes over each packet of a short connection: no timing of programs comes near such differences. */
export async function benchPackets(options: BenchOptions): Promise<readonly Sheet[]> {
  const packets = shortConnection(FIRST_PORT);
  const names = packets.map(({ name }) => name);
  const whole = 'all of them';
  const beyond = 'all of them, beyond no rules';
  const sheet = new Sheet('packets: the time a router takes over those of a short HTTP connection', [
    ...[...names, whole].map((name) => ({ name, unit: 'ns', reference: NOTHING })),
    { name: beyond, unit: 'ns' },
  ]);
  const stands = RULES.map(([name, table]) => standWith(name, table));
  // The first round warms up.
  for (let round = -1; round < options.rounds; round += 1) {
    const taken = measureRound(stands);
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
  for (const stand of stands) expectForwarded(stand, packets, CONNECTIONS_A_ROUND * (options.rounds + 1));
  for (const { network } of stands) network.remove();
  return [sheet];
}

/** The stands take turns by connections. @returns for each stand and packet of a connection, how many ns each one took. */
function measureRound(stands: readonly Stand[]): readonly (readonly (readonly number[])[])[] {
  for (const { network } of stands) network.forgetConnections();
  const taken = stands.map(() => shortConnection(FIRST_PORT).map((): number[] => []));
  for (let nth = 0; nth < CONNECTIONS_A_ROUND; nth += 1) {
    for (const [which, stand] of inTurn([...stands.entries()], nth)) {
      connect(stand, FIRST_PORT + nth, taken[which] ?? []);
    }
  }
  return taken;
}

/** Sends one connection's packets; what each one takes goes to its list. */
function connect({ wires }: Stand, port: number, taken: readonly number[][]): void {
  shortConnection(port).forEach(({ from, bytes }, at) => {
    const wire = wires[from];
    const frame = wire.frameOf(bytes);
    for (let i = 0; i < OTHER_MEMORY.length; i += CACHE_LINE_BYTES) OTHER_MEMORY[i] = port;
    const begun = process.hrtime.bigint();
    wire.send(frame);
    taken[at]?.push(Number(process.hrtime.bigint() - begun));
  });
}

/** Less than the middle, where interruptions do not reach. */
function usualOf(values: readonly number[]): number {
  return quantile(values, 0.35);
}
