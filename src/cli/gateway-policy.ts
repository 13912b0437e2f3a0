import { payloadTcpPorts } from '../classify/payload-ports.ts';
import { rulesInForce } from '../classify/rules-in-force.ts';
import { loadPolicy } from './load-policy.ts';
import type { PolicyData } from './policy-file.ts';

/** What the gateway works with. */
export interface GatewayPolicy extends PolicyData {
  /** The TCP server ports on which payload has to tell: all that the kernel's rules need of it. */
  readonly tcpPorts: readonly number[];
}

/** The owner's policy, which a gateway cannot do without; null where it cannot be had, and standard error says why. */
export function loadGatewayPolicy(config: string | undefined): GatewayPolicy | null {
  const policy = loadPolicy(config, 'complain');
  if (policy === null) return null;
  return { ...policy, tcpPorts: payloadTcpPorts(rulesInForce(policy.settings, policy.packs)) };
}
