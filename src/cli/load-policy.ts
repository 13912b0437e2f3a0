import { existsSync } from 'node:fs';
import { formatProblem } from '../classify/problem.ts';
import { POLICY_FILE } from './config-option.ts';
import { defaultPolicy, type PolicyData, readPolicyFile } from './policy-file.ts';

/** The policy a command works with, and what is to be said about it. */
export interface PolicyOrComplaint {
  /** Null where it cannot be had. */
  readonly policy: PolicyData | null;
  /** All that is wrong or doubtful, as a person reads it; empty where nothing is. */
  readonly complaint: string;
}

/** What becomes of a command where the owner has no file and none is named. */
export type WithoutFile = 'use-default' | 'complain';

/** The named file, else the owner's, else, where the command can do without, the shipped default. */
export function findPolicy(config: string | undefined, withoutFile: WithoutFile): PolicyOrComplaint {
  const useDefault = config === undefined && withoutFile === 'use-default' && !existsSync(POLICY_FILE);
  const reading = useDefault ? defaultPolicy() : readPolicyFile(config ?? POLICY_FILE);
  const problems = reading.kind === 'read' ? reading.warnings : reading.problems;
  return {
    policy: reading.kind === 'read' ? reading.policy : null,
    complaint: problems.map(formatProblem).join(''),
  };
}

/** `findPolicy`, with the complaint written to standard error. */
export function loadPolicy(config: string | undefined, withoutFile: WithoutFile): PolicyData | null {
  const { policy, complaint } = findPolicy(config, withoutFile);
  process.stderr.write(complaint);
  return policy;
}
