import { join } from 'node:path';
import type { Policy } from '../../src/classify/policy.ts';
import { compilePolicy } from '../../src/classify/rules-in-force.ts';
import { defaultPolicy } from '../../src/cli/policy-file.ts';
import { ROOT } from '../gateway/rig/compiled.ts';

/** What the shipped policy allows; found wherever this is compiled to. */
export function shippedPolicy(): Policy {
  const reading = defaultPolicy(join(ROOT, 'rules'));
  if (reading.kind !== 'read') throw new Error('the shipped packs cannot be read');
  return compilePolicy(reading.policy.settings, reading.policy.packs);
}
