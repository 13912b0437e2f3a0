/**
 * Why a flow is refused, as the log says it, and a sentence for its owner. The list is open: what a dissector
 * says of a broken or forbidden message (`http-host-repeated`) stands in the same place and is read as it is.
 */
export const POLICY_REASONS = {
  'name-not-allowed': 'The flow asks for a name that nothing on the allowlist covers.',
  'no-name': 'The flow does not say which name it is for, and nothing nameless is allowed there.',
  'protocol-not-allowed': 'The protocol was recognised, and nothing on the allowlist uses it.',
  'protocol-not-allowed-for-this-name': 'The name is allowed, but not by this protocol.',
  'protocol-not-allowed-on-this-port': 'The protocol is allowed, but not on this port.',
  'port-not-allowed': 'Nothing on the allowlist uses this port.',
  'port-not-allowed-for-this-name': 'The name is allowed, but not on this port.',
  'address-not-allowed':
    'The protocol is allowed on this port only towards certain addresses, and this is none of them.',
  'path-not-allowed': 'Of this name only certain paths are allowed, and this is none of them.',
} as const;

export type PolicyReason = keyof typeof POLICY_REASONS;

const KNOWN: ReadonlyMap<string, string> = new Map(Object.entries(POLICY_REASONS));

/** A sentence for a reason of the policy's own; null for one it does not know. */
export function explainReason(reason: string): string | null {
  return KNOWN.get(reason) ?? null;
}
