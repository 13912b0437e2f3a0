import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addressOf, FAMILIES, type Family, phoneAddress } from './rig/addresses.ts';
import { Chatgate, configure, type Verdict } from './rig/chatgate.ts';
import { describeWith, gatewayMissing } from './rig/gateway-rig.ts';
import { makeRig, type Rig } from './rig/rig.ts';
import { CHAT, NOT_CHAT, type Outcome, type Scenario } from './rig/scenarios.ts';

interface Result {
  readonly outcome: Outcome;
  readonly verdicts: readonly Verdict[];
}

describeWith(gatewayMissing, 'the gateway', () => {
  let rig: Rig;
  let daemon: Chatgate;
  beforeAll(async () => {
    rig = await makeRig({ masquerade: true });
    daemon = await Chatgate.start(rig, configure(rig));
  });
  afterAll(async () => {
    await daemon.stop();
    rig.remove();
  });

  describe.each(FAMILIES)('over %s', (family) => {
    test.concurrent.each(CHAT)('carries $name', async (scenario) => {
      const { outcome, verdicts } = await play(scenario, family);
      expect(outcome.worked).toBe(true);
      expect(verdicts.map(({ verdict }) => verdict.action)).toEqual(outcome.localPorts.map(() => 'allow'));
      for (const { verdict } of verdicts) expect(verdict.rule).toMatch(/^(wechat|qq)\//);
    });

    test.concurrent.each(NOT_CHAT)('stops $name', async (scenario) => {
      const { outcome, verdicts } = await play(scenario, family);
      expect(outcome.worked).toBe(false);
      expect(verdicts.map(({ verdict }) => verdict.action)).toEqual(outcome.localPorts.map(() => 'drop'));
      for (const { verdict } of verdicts) {
        expect(verdict.rule ?? null).toBe(null);
        expect(verdict.reason).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      }
    });

    test.concurrent('stops what is opened from outside', async () => {
      const phone = phoneAddress(family);
      expect((await rig.internet.connect(phone, 1, 500)).error).toBe('TIMEOUT');
      expect((await rig.internet.datagram(phone, 1, Buffer.from('x'), 500)).error).toBe('TIMEOUT');
      for (const protocol of ['TCP', 'UDP']) {
        const { verdict } = await daemon.verdict(
          ({ proto, dest_ip, dest_port }) => proto === protocol && dest_ip === phone && dest_port === 1,
        );
        expect(verdict).toMatchObject({ action: 'drop', reason: 'opened-from-outside' });
      }
    });
  });

  /** Plays a scenario and waits for one verdict on each of its flows. */
  async function play(scenario: Scenario, family: Family): Promise<Result> {
    const outcome = await scenario.run(rig, family);
    const to = addressOf(scenario.service, family);
    const verdicts = outcome.localPorts.map((localPort) =>
      daemon.verdict(
        (verdict) =>
          verdict.src_ip === phoneAddress(family) &&
          verdict.dest_ip === to &&
          verdict.dest_port === scenario.port &&
          verdict.proto.includes(scenario.protocol) &&
          (localPort <= 0 || verdict.src_port === localPort),
      ),
    );
    return { outcome, verdicts: await Promise.all(verdicts) };
  }
});
