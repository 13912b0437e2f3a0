import type { Decision } from '../classify/decision.ts';
import type { Facts } from '../dissect/facts.ts';

/**
 * What became of a payload: nothing against it so far, a denial with its reason, or a first segment that no
 * protocol starts with, denied for that reason unless it has overtaken the real start.
 */
export type Reading =
  | { readonly kind: 'going-on' }
  | { readonly kind: 'not-a-start'; readonly reason: string }
  | { readonly kind: 'denied'; readonly reason: string };

export const GOING_ON: Reading = { kind: 'going-on' };

export function denied(reason: string): Reading {
  return { kind: 'denied', reason };
}

/** Puts recognised facts before the policy. */
export type Decide = (facts: Facts) => Decision;

/** Nothing any dissector knows. */
export const UNRECOGNISED = 'unrecognised';
