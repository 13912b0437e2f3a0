import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { formatProblem } from '../classify/problem.ts';
import { type CommandResult, report } from './command-result.ts';
import { configOption, POLICY_FILE } from './config-option.ts';
import { explainBytes } from './explain-bytes.ts';
import { explainName } from './explain-name.ts';
import { defaultPolicy, readPolicyFile } from './policy-file.ts';
import { FORMS, parseQuestion } from './question.ts';

export function addExplain(program: Command): void {
  program
    .command('explain')
    .description('say which rule allows a flow, or why none does and what would')
    .argument('<what...>', FORMS)
    .addOption(configOption())
    .addHelpText(
      'after',
      '\nExit status: 0 where it is allowed, 1 where it is not, 2 where the question or the policy file is wrong.',
    )
    .action((what: string[], { config }: { config?: string }) => report(explain(what.join(' '), config ?? null)));
}

/** @param config the policy file; null: the usual one, or the default allowlist where there is none. */
export function explain(what: string, config: string | null): CommandResult {
  const question = parseQuestion(what);
  if (typeof question === 'string') return { stdout: '', stderr: `${question}\n${FORMS}\n`, exitCode: 2 };
  if (question.kind === 'reason') return { stdout: `${question.sentence}\n`, stderr: '', exitCode: 0 };
  const file = config ?? POLICY_FILE;
  const reading = config === null && !existsSync(file) ? defaultPolicy() : readPolicyFile(file);
  if (reading.kind !== 'read') return { stdout: '', stderr: reading.problems.map(formatProblem).join(''), exitCode: 2 };
  const { allowed, text } =
    question.kind === 'bytes'
      ? explainBytes(question.bytes, reading.policy, file)
      : explainName(question, reading.policy, file);
  return { stdout: text, stderr: reading.warnings.map(formatProblem).join(''), exitCode: allowed ? 0 : 1 };
}
