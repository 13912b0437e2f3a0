import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { addressOf, FAMILIES } from './rig/addresses.ts';
import { qqClient, wechatClient } from './rig/chat-clients.ts';
import { Chatgate, configure } from './rig/chatgate.ts';
import { describeWith, gatewayMissing } from './rig/gateway-rig.ts';
import { makeRig, type Rig } from './rig/rig.ts';
import { curl } from './rig/traffic.ts';

const BLOCKABLE = [
  { protocol: 'udp', port: 53 },
  { protocol: 'tcp', port: 80 },
  { protocol: 'tcp', port: 8080 },
  { protocol: 'tcp', port: 14000 },
] as const;

/** Every choice among the four, nothing and everything included. */
const COMBINATIONS = Array.from({ length: 2 ** BLOCKABLE.length }, (_, bits) => {
  const blocked = BLOCKABLE.filter((_, index) => (bits & (1 << index)) !== 0);
  const name = blocked.map(({ protocol, port }) => `${protocol} ${port}`).join(', ');
  return { name: name === '' ? 'nothing' : name, blocked };
});

/** With these ports blocked, the first of a client's ports that is left. */
function firstOpen(
  ports: readonly number[],
  blocked: readonly { readonly protocol: string; readonly port: number }[],
): number | undefined {
  return ports.find((port) => !blocked.some((block) => block.protocol === 'tcp' && block.port === port));
}

describeWith(gatewayMissing, 'when the network beyond the gateway blocks', () => {
  let rig: Rig;
  let daemon: Chatgate;
  beforeAll(async () => {
    rig = await makeRig({ masquerade: true });
    daemon = await Chatgate.start(rig, configure(rig));
  });
  afterEach(() => rig.unblockAll());
  afterAll(async () => {
    await daemon.stop();
    rig.remove();
  });

  describe.each(COMBINATIONS)('$name', ({ blocked }) => {
    test('chat takes the way that is left, and nothing else passes', async () => {
      for (const { protocol, port } of blocked) rig.block(protocol, port);
      await Promise.all(
        FAMILIES.map(async (family) => {
          const page = { host: 'www.example.org', address: addressOf('web', family), port: 80, timeoutMs: 500 };
          const [wechat, qq, { exit }] = await Promise.all([
            wechatClient(rig, family),
            qqClient(rig, family),
            curl(rig, page),
          ]);
          expect({ family, wechat: wechat?.port }).toEqual({ family, wechat: firstOpen([8080, 80], blocked) });
          expect({ family, qq: qq?.port }).toEqual({ family, qq: firstOpen([8080, 80, 14000], blocked) });
          expect(exit).not.toBe(0);
        }),
      );
    });
  });
});
