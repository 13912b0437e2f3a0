import type { Facts } from '../dissect/facts.ts';
import type { Deny } from './decision.ts';
import type { PolicyReason } from './reasons.ts';

/** The first thing about a flow that does not suit a rule. A rule that does not know the name refuses it by that. */
export type Refusal = 'name' | 'app' | 'port' | 'address' | 'path';

/** In the order in which a rule looks. */
const ORDER: readonly Refusal[] = ['name', 'app', 'port', 'address', 'path'];

/** The refusal of the rule that suited the flow better: what an owner wants to hear about. */
export function nearer(one: Refusal, other: Refusal): Refusal {
  return ORDER.indexOf(other) > ORDER.indexOf(one) ? other : one;
}

export function reasonWithName(refusal: Refusal): PolicyReason {
  switch (refusal) {
    case 'name':
      return 'name-not-allowed';
    case 'app':
      return 'protocol-not-allowed-for-this-name';
    case 'port':
      return 'port-not-allowed-for-this-name';
    case 'address':
      return 'address-not-allowed';
    case 'path':
      return 'path-not-allowed';
  }
}

export function reasonWithoutName(facts: Facts, refusal: Refusal): PolicyReason {
  if ('name' in facts) return 'no-name';
  return refusal === 'address' ? 'address-not-allowed' : 'protocol-not-allowed-on-this-port';
}

function deny(reason: PolicyReason): Deny {
  return { action: 'deny', reason };
}

/** Made once: a refusal allocates nothing. */
export const denials: Readonly<Record<PolicyReason, Deny>> = {
  'name-not-allowed': deny('name-not-allowed'),
  'no-name': deny('no-name'),
  'protocol-not-allowed': deny('protocol-not-allowed'),
  'protocol-not-allowed-for-this-name': deny('protocol-not-allowed-for-this-name'),
  'protocol-not-allowed-on-this-port': deny('protocol-not-allowed-on-this-port'),
  'port-not-allowed': deny('port-not-allowed'),
  'port-not-allowed-for-this-name': deny('port-not-allowed-for-this-name'),
  'address-not-allowed': deny('address-not-allowed'),
  'path-not-allowed': deny('path-not-allowed'),
};
