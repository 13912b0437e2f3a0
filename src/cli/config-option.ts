import { existsSync } from 'node:fs';
import { Option } from 'commander';
import { formatProblem } from '../classify/problem.ts';
import { defaultPolicy, POLICY_FILE, type PolicyData, readPolicyFile } from './policy-file.ts';

/** `--config FILE`, as every command has it. */
export function configOption(): Option {
  return new Option('-c, --config <file>', 'the policy file').default(undefined, POLICY_FILE);
}

/**
 * The policy a command works with: the named file, else the owner's, else, where the command can do without, the
 * shipped default. Null where it cannot be had; then all that is wrong has been written to standard error.
 */
export function loadPolicy(config: string | undefined, withoutFile: 'use-default' | 'complain'): PolicyData | null {
  const useDefault = config === undefined && withoutFile === 'use-default' && !existsSync(POLICY_FILE);
  const reading = useDefault ? defaultPolicy() : readPolicyFile(config ?? POLICY_FILE);
  const problems = reading.kind === 'read' ? reading.warnings : reading.problems;
  process.stderr.write(problems.map(formatProblem).join(''));
  return reading.kind === 'read' ? reading.policy : null;
}
