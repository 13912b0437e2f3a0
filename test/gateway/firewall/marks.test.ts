import { beforeAll, describe, expect, test } from 'vitest';
import { VERDICT_PRIORITY } from '../../../src/firewall/plan.ts';
import { FlowState } from '../../../src/judge/flow-state.ts';
import { FAMILIES } from '../rig/addresses.ts';
import { bits, HELLO, hex, SILENCE_MS } from './kernel-flows.ts';
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
