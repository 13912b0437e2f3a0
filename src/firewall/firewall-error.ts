import type { CommandResult } from './host.ts';

/** Something about the firewall a person has to know: what is wrong, then what to do. */
export class FirewallError extends Error {
  override readonly name = 'FirewallError';
}

export const NEEDS_ROOT = 'it needs root, or CAP_NET_ADMIN';

/** What a failed tool said, with the line of its input it complains about and what can be done. */
export function explainFailure(command: string, debianPackage: string, done: CommandResult, input = ''): string {
  if (done.exitCode === null) return `${command} is not installed: apt install ${debianPackage}`;
  const said = done.stderr.trim() || `it ended with status ${done.exitCode}`;
  const lineNumber = /\bline:? (\d+)/.exec(said)?.[1];
  const line = lineNumber === undefined ? undefined : input.split('\n')[Number(lineNumber) - 1];
  const at = line === undefined ? '' : `\n  line ${lineNumber}: ${line}`;
  const denied = /not permitted|permission denied|must be root/i.test(said);
  return `${command}: ${said}${at}${denied ? `\n  ${NEEDS_ROOT}` : ''}`;
}

/** Whether a listing failed because there is nothing to list: no such table, or a kernel that cannot hold any. */
export function hasNothingToList(done: CommandResult): boolean {
  return (
    done.exitCode === null ||
    /no such file|not supported|generation id: invalid argument|can't initialize/i.test(done.stderr)
  );
}
