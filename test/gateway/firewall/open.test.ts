import { expect, test } from 'vitest';
import { FlowState } from '../../../src/judge/flow-state.ts';
import { addressOf, FAMILIES, type Family, phoneAddress } from '../rig/addresses.ts';
import { ping } from '../rig/traffic.ts';
import { CHAT_PORT, HELLO, UDP_PORT } from './kernel-flows.ts';
import { OTHER_PORT } from './owners-rules.ts';
import { describeVariants } from './stand.ts';
import { PLAN } from './variants.ts';

describeVariants((stand) => {
  test.each(FAMILIES)('open, nobody listening: everything passes over %s', async (family) => {
    const { rig, flows } = stand();
    stand().apply({ ...PLAN, whenDown: 'open' });
    const connection = await flows.connect(family);
    expect(Buffer.from((await connection.exchange(HELLO)).bytes)).toEqual(HELLO);
    await connection.close();
    const { error } = await rig.phone.connect(addressOf('echo', family), OTHER_PORT);
    expect(error).toBe(null);
    expect((await rig.phone.datagram(addressOf('echo', family), UDP_PORT, HELLO)).error).toBe(null);
    expect(await ping(rig, addressOf('echo', family))).toBe(true);
    const inbound = await rig.internet.connect(phoneAddress(family), CHAT_PORT);
    expect(inbound.error).toBe('ECONNREFUSED');
  });

  test('open, the rule that queues gone: what asks goes on', async () => {
    const { rig, flows } = stand();
    stand().apply({ ...PLAN, whenDown: 'open' });
    stand().stopQueueing();
    const askAndGoOn = async (family: Family) => {
      const connection = await flows.connect(family);
      for (let i = 0; i < 2; i += 1) expect(Buffer.from((await connection.exchange(HELLO)).bytes)).toEqual(HELLO);
      expect(flows.stateOf(family, connection), 'no question is taken for a verdict').toBe(FlowState.fresh);
      await connection.close();
      const { error } = await rig.phone.connect(addressOf('echo', family), OTHER_PORT);
      expect(error).toBe(null);
      expect((await rig.phone.datagram(addressOf('echo', family), UDP_PORT, HELLO)).error).toBe(null);
    };
    await Promise.all(FAMILIES.map(askAndGoOn));
  });
});
