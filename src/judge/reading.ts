import type { Decision } from '../classify/decision.ts';
import type { Facts } from '../dissect/facts.ts';
import type { Flow } from './flow.ts';

/** What became of a payload: nothing against it so far, or a denial with its reason. */
export type Reading = { readonly kind: 'going-on' } | { readonly kind: 'denied'; readonly reason: string };

export const GOING_ON: Reading = { kind: 'going-on' };

export function denied(reason: string): Reading {
  return { kind: 'denied', reason };
}

/** Puts what was recognised of a flow before the policy. */
export type Decide = (facts: Facts, flow: Flow) => Decision;

/** Nothing any dissector knows. */
export const UNRECOGNISED = 'unrecognised';
