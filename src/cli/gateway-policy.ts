import { payloadTcpPorts } from '../classify/payload-ports.ts';
import { rulesInForce } from '../classify/rules-in-force.ts';
import { findPolicy } from './load-policy.ts';
import type { PolicyData } from './policy-file.ts';

/** What the gateway works with. Plain data that survives a structured clone. */
export interface GatewayPolicy extends PolicyData {
  /** The TCP server ports on which payload has to tell: all that the kernel's rules need of it. */
  readonly tcpPorts: readonly number[];
}

export interface GatewayPolicyOrComplaint {
  /** Null where it cannot be had. */
  readonly policy: GatewayPolicy | null;
  /** For standard error; empty where there is nothing to say. */
  readonly complaint: string;
}

/** The owner's policy, which a gateway cannot do without. */
export function findGatewayPolicy(config: string | undefined): GatewayPolicyOrComplaint {
  const { policy, complaint } = findPolicy(config, 'complain');
  if (policy === null) return { policy, complaint };
  return { policy: { ...policy, tcpPorts: payloadTcpPorts(rulesInForce(policy.settings, policy.packs)) }, complaint };
}
