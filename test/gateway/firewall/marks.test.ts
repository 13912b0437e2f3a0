import { beforeAll, describe, expect, test } from 'vitest';
import { VERDICT_PRIORITY } from '../../../src/firewall/plan.ts';
import { FlowState } from '../../../src/judge/flow-state.ts';
import { addressOf, FAMILIES } from '../rig/addresses.ts';
import { bits, CHAT_PORT, HELLO, hex, SILENCE_MS } from './kernel-flows.ts';
import { OTHER_PORT } from './owners-rules.ts';
import { describeVariants } from './stand.ts';
import { PLAN } from './variants.ts';

describeVariants((stand, { preference }) => {
  // Where a verdict takes effect: at the first rule again, or between iptables' two stages.
  const verdictComes = preference === 'nft' ? -152 : -100;

  describe.each(FAMILIES)('marks of packets and flows, over %s', (family) => {
    beforeAll(() => stand().apply(PLAN));

    test('a verdict on a packet becomes the state of its flow; other bits of both marks stay', async () => {
      const { flows, owners } = stand();
      owners.add([
        'chain early { type filter hook prerouting priority -160; meta mark set 0xa0000001; ct mark set ct mark | 0xb0000002; }',
        `chain verdict { type filter hook forward priority ${verdictComes}; meta mark set meta mark | ${bits(FlowState.followed)}; meta priority set ${hex(VERDICT_PRIORITY)}; }`,
        'chain late { type filter hook postrouting priority 300; meta mark & 0xf00000ff == 0xa0000001 counter; }',
      ]);
      const connection = await flows.connect(family);
      // nft looks for a verdict on what may have asked; iptables on everything, and keeps this back.
      await connection.exchange(HELLO, 1, SILENCE_MS);
      expect(flows.markOf(family, connection)).toBe((0xb0000002 | (FlowState.followed << PLAN.marks.shift)) >>> 0);
      expect(owners.list()).toMatch(/counter packets [1-9]/);
      await connection.close();
    });

    test('what a helper of connection tracking hears announced in an allowed flow is not allowed with it', async () => {
      const { flows, owners, rig } = stand();
      const answered = `meta mark set meta mark | ${bits(FlowState.allowed)} meta priority set ${hex(VERDICT_PRIORITY)}`;
      owners.add([
        'ct helper hears { type "ftp" protocol tcp; }',
        `chain helped { type filter hook prerouting priority 0; tcp dport ${CHAT_PORT} ct helper set "hears"; }`,
        `chain verdict { type filter hook forward priority ${verdictComes};`,
        `tcp dport ${CHAT_PORT} ${answered}; tcp sport ${CHAT_PORT} ${answered}; }`,
      ]);
      const connection = await flows.connect(family);
      await connection.exchange(Buffer.from('a line before it\r\n'));
      // Echoed, and so the server's word for where the next connection goes.
      const echo = addressOf('echo', family);
      const numbers = [...echo.split('.'), OTHER_PORT >> 8, OTHER_PORT & 255];
      const passive = family === 'IPv4' ? `227 (${numbers.join()})` : `229 (|||${OTHER_PORT}|)`;
      await connection.exchange(Buffer.from(`${passive}\r\n`), passive.length + 2);
      expect(flows.announced(family)).toContain(`dport=${OTHER_PORT}`);
      expect((await rig.phone.connect(echo, OTHER_PORT, SILENCE_MS)).error).toBe('TIMEOUT');
      await connection.close();
    });

    test.each(['dport', 'sport'])(
      'what is kept from connection tracking, by its %s, is of no allowed flow',
      async (side) => {
        const { flows, owners } = stand();
        const connection = await flows.connect(family);
        flows.setState(family, connection, FlowState.allowed);
        expect(Buffer.from((await connection.exchange(HELLO)).bytes)).toEqual(HELLO);
        owners.add([`chain early { type filter hook prerouting priority -300; tcp ${side} ${CHAT_PORT} notrack; }`]);
        expect(await connection.exchange(HELLO, 1, SILENCE_MS)).toMatchObject({ error: 'TIMEOUT' });
        await connection.close();
      },
    );

    test('our bits on a packet count only where a verdict set them', async () => {
      const { flows, owners } = stand();
      owners.add([
        `chain early { type filter hook prerouting priority -300; meta mark set ${bits(FlowState.allowed)}; }`,
      ]);
      const connection = await flows.connect(family);
      expect(flows.stateOf(family, connection)).toBe(FlowState.fresh);
      await connection.close();
    });

    test('bits of others within our mask make no question of a packet, whatever they are', async () => {
      const { flows, owners } = stand();
      for (const foreign of [PLAN.marks.inboundBits, FlowState.denied << PLAN.marks.shift]) {
        owners.add([
          `chain early { type filter hook prerouting priority -300; meta mark set meta mark | ${hex(foreign)}; }`,
        ]);
        const connection = await flows.connect(family);
        flows.setState(family, connection, FlowState.allowed);
        expect(Buffer.from((await connection.exchange(HELLO)).bytes), hex(foreign)).toEqual(HELLO);
        expect(flows.stateOf(family, connection)).toBe(FlowState.allowed);
        await connection.close();
        flows.forget();
        owners.remove();
      }
    });
  });
});
