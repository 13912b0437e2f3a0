import { existsSync } from 'node:fs';
import { formatProblem } from '../classify/problem.ts';
import { POLICY_FILE } from './config-option.ts';
import { defaultPolicy, type PolicyData, readPolicyFile } from './policy-file.ts';

/** What becomes of a command where the owner has no file and none is named. */
export type WithoutFile = 'use-default' | 'complain';

/**
 * The named file, else the owner's, else, where the command can do without, the shipped default; null where it cannot
 * be had. All that is wrong or doubtful is told on standard error.
 */
export function loadPolicy(config: string | undefined, withoutFile: WithoutFile): PolicyData | null {
  const useDefault = config === undefined && withoutFile === 'use-default' && !existsSync(POLICY_FILE);
  const reading = useDefault ? defaultPolicy() : readPolicyFile(config ?? POLICY_FILE);
  const problems = reading.kind === 'read' ? reading.warnings : reading.problems;
  process.stderr.write(problems.map(formatProblem).join(''));
  return reading.kind === 'read' ? reading.policy : null;
}
