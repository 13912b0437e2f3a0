import type { AppProtocol } from '../dissect/facts.ts';
import type { AddressPrefix } from './address-prefix.ts';
import type { RuleId } from './decision.ts';
import type { NamePattern } from './name-pattern.ts';
import type { PathPattern } from './path-pattern.ts';
import type { PortRange } from './port-range.ts';

/**
 * One thing that is allowed, as plain data that survives a structured clone. A flow has to meet every line of it:
 * one of the protocols, one of the names, one of the ports, one of the addresses, one of the paths.
 */
export interface Rule {
  readonly id: RuleId;
  /** `any`: whatever the payload is, recognised or not. */
  readonly apps: readonly AppProtocol[] | 'any';
  /**
   * None: the rule answers for flows that say no name (a protocol without names, a ClientHello without a server
   * name), never for one that says a name nobody listed. Some: their DNS questions on port 53 are allowed too.
   */
  readonly names: readonly NamePattern[];
  readonly ports: readonly PortRange[];
  /** None: any address. */
  readonly addresses: readonly AddressPrefix[];
  /** HTTP only; none: any path. */
  readonly paths: readonly PathPattern[];
  /** Who says that the service looks like this. */
  readonly knownFrom: string;
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
}

export function ruleId(text: string): RuleId {
  return text as RuleId;
}
