import { describe, test } from 'vitest';
import { missingForGateway, missingForRig } from './requirements.ts';

/** A block of tests that stands in the report as skipped, with the reason in its name, where it cannot run. */
export function describeWith(missing: string | null, name: string, body: () => void): void {
  if (missing === null) describe(name, body);
  else describe.skip(`${name} — skipped: ${missing}`, body);
}

/** The same for a single test. */
export function testWith(missing: string | null, name: string, body: () => Promise<void>): void {
  if (missing === null) test(name, body);
  else test.skip(`${name} — skipped: ${missing}`, body);
}

export const rigMissing = missingForRig();
export const gatewayMissing = missingForGateway();
