import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { Backend } from '../../../src/firewall/backend.ts';
import { chooseBackend } from '../../../src/firewall/choose-backend.ts';
import type { FirewallPlan } from '../../../src/firewall/plan.ts';
import { describeWith, rigMissing } from '../rig/gateway-rig.ts';
import { hostIn } from '../rig/namespace-host.ts';
import { runIn } from '../rig/namespaces.ts';
import { makeRig, type Rig } from '../rig/rig.ts';
import { KernelFlows } from './kernel-flows.ts';
import { OwnersRules } from './owners-rules.ts';
import { iptablesTools, PLAN, VARIANTS, type Variant } from './variants.ts';

/** A gateway that filters in one of the ways there are. */
export class Stand {
  readonly rig: Rig;
  readonly variant: Variant;
  readonly backend: Backend;
  readonly flows: KernelFlows;
  readonly owners: OwnersRules;

  constructor(rig: Rig, variant: Variant) {
    this.rig = rig;
    this.variant = variant;
    this.backend = chooseBackend(hostIn(rig.gateway, variant.variant), variant.preference, PLAN);
    this.flows = new KernelFlows(rig);
    this.owners = new OwnersRules(rig.gateway);
  }

  apply(plan: FirewallPlan): void {
    this.backend.apply(plan);
    this.#letAcceptancesPass();
  }

  /** Where a SYN-ACK is a question, and nobody is there who would let it go on. */
  #letAcceptancesPass(): void {
    const acceptance = ['-p', 'tcp', '--tcp-flags', 'SYN,ACK,FIN,RST', 'SYN,ACK'];
    const rule = [...acceptance, '-m', 'comment', '--comment', 'chatgate: test', '-j', 'RETURN'];
    for (const tool of iptablesTools(this.variant)) {
      runIn(this.rig.gateway, tool, ['-t', 'mangle', '-I', 'chatgate-bare', '1', ...rule]);
    }
  }

  /** Takes away what hands packets to user space, and leaves everything else as it stands. */
  stopQueueing(): void {
    const { gateway } = this.rig;
    if (this.variant.preference === 'nft') {
      const chain = ['inet', 'chatgate', 'question'];
      const rules = runIn(gateway, 'nft', ['--handle', 'list', 'chain', ...chain]);
      const handle = /comment "chatgate: ask user space" # handle (\d+)/.exec(rules)?.[1] ?? '';
      runIn(gateway, 'nft', ['delete', 'rule', ...chain, 'handle', handle]);
    }
    for (const tool of iptablesTools(this.variant)) {
      const saved = runIn(gateway, `${tool}-save`, ['-t', 'mangle']).split('\n');
      const deletions = saved.filter((line) => line.includes(' -j NFQUEUE ')).map((line) => line.replace(/^-A/, '-D'));
      expect(deletions).not.toEqual([]);
      runIn(gateway, `${tool}-restore`, ['--noflush'], ['*mangle', ...deletions, 'COMMIT', ''].join('\n'));
    }
  }
}

/**
 * Has tests run in each way of filtering that works here, one after the other in one gateway.
 * @param body gets the stand by a function, for it is there only while tests run.
 */
export function describeVariants(body: (stand: () => Stand, variant: Variant) => void): void {
  // One kernel may be there for one of them only.
  const wanted = process.env['CHATGATE_FIREWALL'];
  let rig: Rig;
  beforeAll(async () => {
    if (rigMissing === null) rig = await makeRig();
  });
  afterAll(() => rig?.remove());
  for (const variant of VARIANTS.filter(({ name }) => wanted === undefined || name === wanted)) {
    describeWith(variant.missing, `by ${variant.name}`, () => {
      let stand: Stand;
      beforeAll(() => {
        stand = new Stand(rig, variant);
      });
      afterEach(() => {
        stand.flows.forget();
        stand.owners.remove();
      });
      afterAll(() => stand.backend.remove());
      body(() => stand, variant);
    });
  }
}
