import type { Facts } from '../dissect/facts.ts';
import type { Decision, Endpoint } from './decision.ts';

/** What the owner allows, compiled. Pure: the same question always has the same answer. */
export interface Policy {
  /** What can be said before any payload was seen: by address and port alone. Null: the payload has to tell. */
  decideAtStart(to: Endpoint): Decision | null;
  /** What is said of a recognised flow. */
  decide(facts: Facts, to: Endpoint): Decision;
}
