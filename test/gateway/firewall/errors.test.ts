import { beforeAll, describe, expect, test } from 'vitest';
import { FlowState } from '../../../src/judge/flow-state.ts';
import { addressOf, FAMILIES, phoneAddress } from '../rig/addresses.ts';
import { RawSocket } from '../rig/craft/raw-socket.ts';
import { ACK, packetOf, type Segment } from '../rig/craft/segment.ts';
import { within } from '../rig/within.ts';
import { icmpError } from './icmp-error.ts';
import { CHAT_PORT } from './kernel-flows.ts';
import { describeVariants } from './stand.ts';
import { PLAN } from './variants.ts';

const MANY = 300;
const EMPTY = new Uint8Array(0);
const SEGMENT = { sequence: 1, acknowledgment: 1, flags: ACK, options: EMPTY, ttl: 64, badChecksum: false };
/** Whatever one wants to tell the other in what looks like a piece of their connection. */
const SECRET = Buffer.from('a tunnel '.repeat(40));

const TO_PHONE = 'to the phone';
const FROM_PHONE = 'from the phone';

describeVariants((stand) => {
  beforeAll(() => stand().apply(PLAN));

  describe.each(FAMILIES)('errors of the network, over %s', (family) => {
    const [phone, echo] = [phoneAddress(family), addressOf('echo', family)];

    /** Has one end say over and over again that a packet of the other's did not arrive; tells what came through. */
    async function send(side: typeof TO_PHONE | typeof FROM_PHONE, state: FlowState): Promise<number> {
      const { rig, flows, owners } = stand();
      owners.add([
        'chain late { type filter hook postrouting priority 300;',
        'oifname "wlan0" meta l4proto { icmp, ipv6-icmp } ct state related counter comment "to the phone"',
        'oifname "eth0" meta l4proto { icmp, ipv6-icmp } ct state related counter comment "from the phone"',
        '}',
      ]);
      const connection = await flows.connect(family);
      if (state !== FlowState.fresh) flows.setState(family, connection, state);
      const { localPort } = connection;
      const up = { source: phone, destination: echo, sourcePort: localPort, destinationPort: CHAT_PORT };
      const down = { source: echo, destination: phone, sourcePort: CHAT_PORT, destinationPort: localPort };
      const about: Segment = { ...SEGMENT, ...(side === TO_PHONE ? up : down), payload: SECRET };
      const [from, to] = side === TO_PHONE ? [echo, phone] : [phone, echo];
      within(side === TO_PHONE ? rig.internet.namespace : rig.phone.namespace, () => {
        const socket = new RawSocket(to);
        for (let i = 0; i < MANY; i += 1) socket.send(icmpError(from, to, packetOf(about)));
        socket.close();
      });
      await connection.close();
      const counted = owners.list();
      owners.remove();
      return Number(new RegExp(`counter packets (\\d+) bytes \\d+ comment "${side}"`).exec(counted)?.[1]);
    }

    const UNDECIDED = [FlowState.fresh, FlowState.pending];

    test('of undecided flows some reach the phone, too few to carry anything', async () => {
      for (const state of UNDECIDED) {
        const passed = await send(TO_PHONE, state);
        expect(passed).toBeGreaterThan(0);
        expect(passed).toBeLessThan(MANY / 2);
      }
    });

    test('of undecided flows none leaves the phone', async () => {
      for (const state of UNDECIDED) {
        expect(await send(FROM_PHONE, state)).toBe(0);
      }
    });

    test('of flows that are recognised all pass, both ways', async () => {
      for (const state of [FlowState.followed, FlowState.allowed]) {
        for (const side of [TO_PHONE, FROM_PHONE] as const) {
          expect(await send(side, state)).toBe(MANY);
        }
      }
    });

    test('of denied flows none passes', async () => {
      for (const side of [TO_PHONE, FROM_PHONE] as const) {
        expect(await send(side, FlowState.denied)).toBe(0);
      }
    });
  });
});
