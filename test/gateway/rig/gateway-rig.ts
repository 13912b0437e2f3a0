import { describe } from 'vitest';
import { missingForGateway, missingForRig } from './requirements.ts';

/** A block of tests that stands in the report as skipped, with the reason in its name, where it cannot run. */
export function describeWith(missing: string | null, name: string, body: () => void): void {
  if (missing === null) describe(name, body);
  else describe.skip(`${name} — skipped: ${missing}`, body);
}

export const rigMissing = missingForRig();
export const gatewayMissing = missingForGateway();
