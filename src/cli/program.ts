import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { addCheck } from './check.ts';
import { addExplain } from './explain.ts';
import { addFirewall } from './firewall.ts';
import { addObserve } from './observe.ts';
import { addReplay } from './replay.ts';
import { addRun } from './run.ts';
import { addTail } from './tail.ts';

/** The exit status for a command line that cannot be understood. */
const USAGE_STATUS = 2;

export function chatgateProgram(): Command {
  const program = new Command('chatgate')
    .description('Lets phones on a Wi-Fi hotspot chat, and nothing else.')
    .version(version(), '-V, --version')
    .showHelpAfterError('(chatgate --help says what there is)')
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true });
  for (const add of [addRun, addObserve, addReplay, addCheck, addExplain, addTail, addFirewall]) add(program);
  exitWith(program);
  return program;
}

/** Mistakes on the command line end with their own status, so that scripts can tell them from failures. */
function exitWith(command: Command): void {
  command.exitOverride((error) => {
    throw error;
  });
  for (const child of command.commands) exitWith(child);
}

/** The exit status of what commander threw: help and version are no mistakes. */
export function statusOf(exitCode: number): number {
  return exitCode === 0 ? 0 : USAGE_STATUS;
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const read: unknown = JSON.parse(text);
  const isNamed = typeof read === 'object' && read !== null && 'version' in read;
  return isNamed ? String(read.version) : 'unknown';
}
