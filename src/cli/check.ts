import type { Command } from 'commander';
import { formatName } from '../classify/name-pattern.ts';
import { formatProblem } from '../classify/problem.ts';
import { type CommandResult, report } from './command-result.ts';
import { configOption, POLICY_FILE } from './config-option.ts';
import { type PolicyData, readPolicyFile } from './policy-file.ts';

export function addCheck(program: Command): void {
  program
    .command('check')
    .description('say everything that is wrong with a policy file, or what it allows')
    .argument('[file]', 'the policy file')
    .addOption(configOption())
    .addHelpText('after', '\nExit status: 0 where the file is good, 1 where it has errors, 2 where it cannot be read.')
    .action((file: string | undefined, { config }: { config?: string }) =>
      report(check(file ?? config ?? POLICY_FILE)),
    );
}

export function check(file: string): CommandResult {
  const reading = readPolicyFile(file);
  switch (reading.kind) {
    case 'unreadable':
      return { stdout: '', stderr: reading.problems.map(formatProblem).join(''), exitCode: 2 };
    case 'wrong': {
      const errors = reading.problems.filter(({ severity }) => severity === 'error').length;
      const count = errors === 1 ? '1 error' : `${errors} errors`;
      return {
        stdout: '',
        stderr: `${reading.problems.map(formatProblem).join('')}${file}: ${count}, nothing was loaded\n`,
        exitCode: 1,
      };
    }
    case 'read':
      return {
        stdout: summary(file, reading.policy),
        stderr: reading.warnings.map(formatProblem).join(''),
        exitCode: 0,
      };
  }
}

/** Names that fit on a screen; the rest is counted. */
const SHOWN_ENTRIES = 5;

function summary(file: string, { settings }: PolicyData): string {
  const { allow, lan, whenDown, onDrop, firewall, workers, log } = settings;
  const written = (kind: string) => allow.flatMap((entry) => (entry.kind === kind ? [entry.written] : []));
  const names = allow.flatMap((entry) => (entry.kind === 'name' ? [formatName(entry.name)] : []));
  const rows: [title: string, value: string][] = [
    ['interfaces', lan.length === 0 ? 'none' : lan.join(', ')],
    ['packs', [...new Set(allow.flatMap((entry) => (entry.kind === 'packs' ? entry.packs : [])))].join(', ') || 'none'],
    ['hosts', listed(names)],
    ['ports', listed(written('port'))],
    ['addresses', listed(written('address'))],
    ['when down', whenDown === 'closed' ? 'closed: undecided packets are dropped' : 'open: undecided packets pass'],
    ['on drop', onDrop === 'drop' ? 'drop: refused flows get no answer' : 'reset: refused flows are told so'],
    [
      'firewall',
      `${firewall.backend}, mark 0x${firewall.mark.toString(16).padStart(8, '0')}, queue ${firewall.queue}, workers ${workers}`,
    ],
    ['log', [log.file, log.stdout ? 'standard output' : null].filter((to) => to !== null).join(' and ') || 'nowhere'],
  ];
  const shown = rows.filter(([, value]) => value !== '');
  return `${file} is good\n${shown.map(([title, value]) => `  ${title.padEnd(11)}${value}\n`).join('')}`;
}

function listed(entries: readonly string[]): string {
  const rest = entries.length - SHOWN_ENTRIES;
  return entries.slice(0, SHOWN_ENTRIES).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
