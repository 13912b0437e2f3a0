import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { FlowState } from '../../../src/judge/flow-state.ts';
import { addressOf, FAMILIES, type Family, phoneAddress } from '../rig/addresses.ts';
import { testWith } from '../rig/gateway-rig.ts';
import { ping } from '../rig/traffic.ts';
import { bits, CHAT_PORT, HELLO, hex, SILENCE_MS, UDP_PORT } from './kernel-flows.ts';
import { OTHER_PORT } from './owners-rules.ts';
import { describeVariants } from './stand.ts';
import { PLAN, SHORT_CUT_MISSING } from './variants.ts';

/** The provider has no route there and says so. */
const NOWHERE = { IPv4: '198.18.0.1', IPv6: '2001:db8:9::1' };

describeVariants((stand, variant) => {
  describe.each(FAMILIES)('closed, nobody listening, over %s', (family) => {
    beforeAll(() => stand().apply(PLAN));

    test('a connection to a chat port is made, and carries nothing', async () => {
      const { flows } = stand();
      const connection = await flows.connect(family);
      expect(flows.stateOf(family, connection)).toBe(FlowState.fresh);
      expect(await connection.exchange(HELLO, 1, SILENCE_MS)).toMatchObject({ error: 'TIMEOUT' });
      await connection.close();
    });

    test('nothing else gets through', async () => {
      const { rig, owners } = stand();
      owners.countLeaks();
      const echo = addressOf('echo', family);
      const [otherPort, dataOnSyn, datagram, inbound, isAnswered] = await Promise.all([
        rig.phone.connect(echo, OTHER_PORT, SILENCE_MS),
        rig.phone.craft({
          address: echo,
          port: CHAT_PORT,
          sourcePort: 40_001,
          steps: [{ kind: 'handshake', data: HELLO, timeoutMs: SILENCE_MS }],
        }),
        rig.phone.datagram(echo, UDP_PORT, HELLO, SILENCE_MS),
        rig.internet.connect(phoneAddress(family), CHAT_PORT, SILENCE_MS),
        ping(rig, echo, SILENCE_MS),
      ]);
      expect(otherPort.error, 'a SYN to any other port').toBe('TIMEOUT');
      expect(dataOnSyn.error, 'a SYN with data').toBe('TIMEOUT');
      expect(datagram.error, 'a datagram').toBe('TIMEOUT');
      expect(inbound.error, 'a connection from outside').toBe('TIMEOUT');
      expect(isAnswered, 'an echo request').toBe(false);
      expect(owners.leaks(), 'on its way without an answer').toEqual([]);
    });

    test('a connection older than the rules is kept back, bare segments and all', async () => {
      const { backend, flows } = stand();
      backend.remove();
      const connection = await flows.connect(family);
      stand().apply(PLAN);
      expect(await connection.exchange(HELLO, 1, SILENCE_MS)).toMatchObject({ error: 'TIMEOUT' });
      await connection.close();
    });

    test('a flow that is allowed passes, both ways', async () => {
      const { flows } = stand();
      const connection = await flows.connect(family);
      flows.setState(family, connection, FlowState.allowed);
      expect(Buffer.from((await connection.exchange(HELLO)).bytes)).toEqual(HELLO);
      await connection.close();
    });

    const takesShortCut = async () => {
      const { flows } = stand();
      stand().apply({ ...PLAN, offloadDevices: ['wlan0', 'eth0'] });
      const connection = await flows.connect(family);
      flows.setState(family, connection, FlowState.allowed);
      for (let i = 0; i < 3; i += 1) expect(Buffer.from((await connection.exchange(HELLO)).bytes)).toEqual(HELLO);
      expect(flows.lineOf(family, connection)).toContain('[OFFLOAD]');
      await connection.close();
      stand().apply(PLAN);
    };
    // Only nft knows one.
    if (variant.preference === 'nft') {
      testWith(SHORT_CUT_MISSING, 'an allowed flow takes the short cut where the owner wants it', takesShortCut);
    }

    test('of a followed flow the answers pass, and what the phone sends waits for user space', async () => {
      const { flows, owners } = stand();
      const becomesFollowed = `ct mark set ct mark & ${hex(~PLAN.marks.mask)} | ${bits(FlowState.followed)}`;
      owners.add([
        // Once the phone's first request is out of the gateway.
        `chain late { type filter hook postrouting priority 300; ct direction original ct mark & ${hex(PLAN.marks.stateMask)} == ${bits(FlowState.allowed)} ${becomesFollowed}; }`,
      ]);
      const connection = await flows.connect(family);
      flows.setState(family, connection, FlowState.allowed);
      expect(Buffer.from((await connection.exchange(HELLO)).bytes)).toEqual(HELLO);
      expect(flows.stateOf(family, connection)).toBe(FlowState.followed);
      expect(await connection.exchange(HELLO, 1, SILENCE_MS)).toMatchObject({ error: 'TIMEOUT' });
      await connection.close();
    });

    test('a denied flow is dropped in silence, and can be closed', async () => {
      const { flows } = stand();
      const connection = await flows.connect(family);
      flows.setState(family, connection, FlowState.denied);
      expect(await connection.exchange(HELLO, 1, SILENCE_MS)).toMatchObject({ error: 'TIMEOUT' });
      await connection.close();
      await expect.poll(() => flows.lineOf(family, connection)).not.toContain('ESTABLISHED');
    });

    test('of a flow nothing is known of yet, the errors of the network reach the phone', async () => {
      const { rig } = stand();
      const { error } = await rig.phone.connect(NOWHERE[family], CHAT_PORT, 4000);
      expect(error).toMatch(/UNREACH/);
    });

    test('nothing slips through while the rules are replaced', async () => {
      const { rig } = stand();
      const flood = ['netns', 'exec', rig.phone.namespace, 'ping', '-q', '-i', '0.002', '-w', '20'];
      const pinging = promisify(execFile)('ip', [...flood, addressOf('echo', family)]);
      const ended = pinging.catch((error) => error);
      try {
        await sleep(50);
        for (let i = 0; i < 5; i += 1) stand().apply({ ...PLAN, lanInterfaces: ['wlan0', `wlan${i + 1}`] });
        await sleep(50);
      } finally {
        // It sums up and ends.
        pinging.child.kill('SIGINT');
      }
      const { stdout } = await ended;
      expect(stdout).toMatch(/[1-9]\d+ packets transmitted, 0 received/);
    });

    test('a denied flow is refused at once where that is asked for, by TCP and by UDP', async () => {
      const { rig, flows } = stand();
      stand().apply({ ...PLAN, onDrop: 'reset' });
      const connection = await flows.connect(family);
      flows.setState(family, connection, FlowState.denied);
      expect(await connection.exchange(HELLO)).toMatchObject({ error: 'ECONNRESET' });
      await connection.close();
      const socket = rig.phone.udpSocket();
      await socket.bind(phoneAddress(family), 5000);
      flows.insert(family, 5000, FlowState.denied);
      const answer = await socket.send(addressOf('echo', family), UDP_PORT, HELLO, 1000);
      expect(answer.error).toBe('ECONNREFUSED');
      await socket.close();
    });
  });

  test('closed, the rule that queues gone: what asks is dropped, since nobody has answered', async () => {
    const { rig, flows, owners } = stand();
    stand().apply(PLAN);
    stand().stopQueueing();
    owners.countLeaks();
    const askInVain = async (family: Family) => {
      const connection = await flows.connect(family);
      const echo = addressOf('echo', family);
      const [onChatPort, otherPort, datagram, inbound] = await Promise.all([
        connection.exchange(HELLO, 1, SILENCE_MS),
        rig.phone.connect(echo, OTHER_PORT, SILENCE_MS),
        rig.phone.datagram(echo, UDP_PORT, HELLO, SILENCE_MS),
        rig.internet.connect(phoneAddress(family), CHAT_PORT, SILENCE_MS),
      ]);
      expect(onChatPort.error, `what a connection carries over ${family}`).toBe('TIMEOUT');
      expect(otherPort.error, `a SYN to any other port over ${family}`).toBe('TIMEOUT');
      expect(datagram.error, `a datagram over ${family}`).toBe('TIMEOUT');
      expect(inbound.error, `a connection from outside over ${family}`).toBe('TIMEOUT');
      expect(flows.stateOf(family, connection), 'no question is taken for a verdict').toBe(FlowState.fresh);
      await connection.close();
    };
    await Promise.all(FAMILIES.map(askInVain));
    expect(owners.leaks(), 'on its way without an answer').toEqual([]);
  });
});
