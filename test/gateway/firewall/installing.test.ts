import { expect, test } from 'vitest';
import { chooseBackend, removeFirewall, showFirewall } from '../../../src/firewall/choose-backend.ts';
import { iptablesRuleset } from '../../../src/firewall/iptables-ruleset.ts';
import { hostIn } from '../rig/namespace-host.ts';
import { runIn } from '../rig/namespaces.ts';
import { describeVariants } from './stand.ts';
import { iptablesTools, PLAN, VARIANTS } from './variants.ts';

describeVariants((stand, variant) => {
  test('applied again and again there is one set of rules; removed, all is as it was', () => {
    const { backend, owners } = stand();
    backend.remove();
    owners.addEverywhere();
    const before = owners.all();
    backend.apply(PLAN);
    expect(backend.isInstalled()).toBe(true);
    const once = backend.show();
    if (iptablesTools(variant).length > 0) {
      const { mangle } = iptablesRuleset(PLAN, 'ipv4');
      expect(once, 'read back as it was written, it can stay where it is').toContain(`-A FORWARD ${mangle.jump}\n`);
    }
    backend.apply({ ...PLAN, lanInterfaces: ['wlan1', 'wlan2'], tcpPorts: [], onDrop: 'reset' });
    backend.apply(PLAN);
    expect(backend.show()).toBe(once);
    backend.remove();
    expect(owners.all()).toBe(before);
    expect(backend.isInstalled()).toBe(false);
    backend.remove();
    expect(owners.all()).toBe(before);
  });

  test('rules of ours that another tool put there are taken over', () => {
    const { rig, backend } = stand();
    const others = VARIANTS.filter((other) => other !== variant && other.missing === null);
    for (const other of others) {
      chooseBackend(hostIn(rig.gateway, other.variant), other.preference, PLAN).apply(PLAN);
      backend.apply(PLAN);
      expect(showFirewall(hostIn(rig.gateway, variant.variant))).toBe(backend.show());
      expect(backend.isInstalled()).toBe(true);
    }
    expect(removeFirewall(hostIn(rig.gateway, variant.variant)).length).toBeGreaterThan(0);
    expect(showFirewall(hostIn(rig.gateway, variant.variant))).toBe('');
  });

  test('what bears our name and is not ours is left alone, and refused where it is in the way', () => {
    const { rig, backend, owners } = stand();
    backend.remove();
    const tools = iptablesTools(variant);
    for (const tool of tools) {
      runIn(rig.gateway, tool, ['-t', 'mangle', '-N', 'chatgate']);
      runIn(rig.gateway, tool, ['-t', 'mangle', '-A', 'chatgate', '-j', 'RETURN']);
    }
    runIn(rig.gateway, 'nft', ['-f', '-'], 'table inet chatgate {\n chain theirs {\n accept\n }\n}\n');
    const before = owners.all();
    expect(() => backend.apply(PLAN)).toThrow(/chatgate did not make/);
    backend.remove();
    expect(owners.all()).toBe(before);
    runIn(rig.gateway, 'nft', ['delete', 'table', 'inet', 'chatgate']);
    if (tools.length > 0) {
      const withoutTable = owners.all();
      expect(() => backend.apply(PLAN)).toThrow(/chatgate did not make/);
      expect(owners.all(), 'what was put in place first is taken back').toBe(withoutTable);
    }
    for (const tool of tools) {
      runIn(rig.gateway, tool, ['-t', 'mangle', '-F', 'chatgate']);
      runIn(rig.gateway, tool, ['-t', 'mangle', '-X', 'chatgate']);
    }
  });
});
